// What is measured: each operation with its requests and what its first answer must be.

import { deepStrictEqual, equal, match } from 'node:assert/strict'
import { join } from 'node:path'
import { loadModels } from '../src/definitions/load.ts'
import { encodeCursor } from '../src/query/cursor.ts'
import { listParameters, parseListQuery } from '../src/query/query.ts'
import type { Request } from './load.ts'
import { type Article, articleAt } from './rows.ts'

export interface Target {
  readonly port: number
  /** The fields that every request must have; none by default. */
  readonly headers?: Readonly<Record<string, string>>
  /** Whether its pages are addressed by our cursors; the ones written by hand take `after=<id>`. */
  readonly cursors: boolean
  /** Of the table. */
  readonly rows: number
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: each check knows what it expects
  readonly json: any
}

export interface Operation {
  readonly title: string
  readonly status: number
  readonly requests: (target: Target) => Promise<readonly Request[]>
  /** Throws where the answer to the first request is not the right one. */
  readonly check: (answer: Answer, target: Target) => void
}

const variety = 500
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)
/** Positions all over the first so many rows. */
const spread = (rows: number) => upTo(variety).map(n => 1 + ((n * 7919) % rows))
const jsonType = { 'content-type': 'application/json' }

const { models } = await loadModels(join(import.meta.dirname, 'schemas'))
const [model] = models
if (model === undefined) throw new Error('The resource of the benchmarks is missing.')
const { signature } = parseListQuery(model, listParameters(model), {})

function pageAfter({ cursors }: Target, id: number): string {
  return cursors
    ? `cursor=${encodeCursor({ values: [id], backward: false }, signature)}`
    : `after=${id}`
}

function rowsFrom(first: number, count: number): Article[] {
  return upTo(count).map(n => articleAt(first + n))
}

function equalRows(answer: Answer, expected: readonly Article[]): void {
  deepStrictEqual(answer.json, expected)
}

/** Pages at a depth of the table. */
export function page(depth: number): Operation {
  return {
    title: `page at depth ${depth.toLocaleString('en')}`,
    status: 200,
    requests: async target =>
      upTo(50).map(n => get(`/articles?limit=20&${pageAfter(target, depth + n)}`)),
    check: answer => equalRows(answer, rowsFrom(depth + 1, 20)),
  }
}

function get(path: string, headers: Record<string, string> = {}): Request {
  return { method: 'GET', path, headers }
}

function list(limit: number): Operation {
  return {
    title: `list ${limit}`,
    status: 200,
    requests: async () => [get(`/articles?limit=${limit}`)],
    check: answer => equalRows(answer, rowsFrom(1, limit)),
  }
}

function newestOf(genre: string, rows: number): Article[] {
  const matching = upTo(rows)
    .map(n => articleAt(n + 1))
    .filter(article => article.genre === genre)
  const order = (one: Article, other: Article) =>
    one.published === other.published ? other.id - one.id : one.published < other.published ? 1 : -1
  return matching.sort(order).slice(0, 20)
}

const newArticle = {
  title: 'A new study',
  author: 'Ada Lovelace',
  genre: 'science',
  pages: 240,
  price: 1995,
  in_stock: true,
  published: '2024-02-29',
  note: 'Fresh from the press.',
}

export const operations = {
  read: {
    title: 'read one',
    status: 200,
    requests: async ({ rows }) => spread(rows).map(id => get(`/articles/${id}`)),
    check: answer => deepStrictEqual(answer.json, articleAt(1)),
  },
  'not-modified': {
    title: '304',
    status: 304,
    requests: async target =>
      Promise.all(
        spread(target.rows)
          .slice(0, 100)
          .map(id => conditional(target, id)),
      ),
    check: () => {},
  },
  invalid: {
    title: '422',
    status: 422,
    requests: async () => [post({ ...newArticle, pages: 0, genre: 'gossip', isbn: 1 })],
    check: ({ headers, json: { errors } }) => {
      match(String(headers.get('content-type')), /^application\/problem\+json/)
      // Too few pages, a genre that there is not, a member that there is not.
      equal(errors.length, 3)
    },
  },
  'list-20': list(20),
  'list-100': list(100),
  'depth-9000': page(9000),
  'depth-900000': page(900_000),
  filter: {
    title: 'filter and sort',
    status: 200,
    requests: async () => [get('/articles?genre=history&sort=-published&limit=20')],
    check: (answer, { rows }) => equalRows(answer, newestOf('history', rows)),
  },
  create: {
    title: 'create',
    status: 201,
    requests: async () =>
      upTo(variety).map(n => post({ ...newArticle, title: `A new study, part ${n}` })),
    check: ({ json: { id, ...body } }) => {
      equal(typeof id, 'number')
      deepStrictEqual(body, { ...newArticle, title: 'A new study, part 0' })
    },
  },
  patch: {
    title: 'patch',
    status: 200,
    requests: async ({ rows }) => spread(rows).map((id, n) => patch(id, { price: n })),
    check: answer => deepStrictEqual(answer.json, { ...articleAt(1), price: 0 }),
  },
} as const satisfies Record<string, Operation>

/** A filter that no index can help: the whole table is looked through. */
export const unindexed: Operation = {
  title: 'filter without an index',
  status: 200,
  requests: async () => [get('/articles?title_contains=nothing%20like%20it')],
  check: answer => deepStrictEqual(answer.json, []),
}

export type OperationName = keyof typeof operations

function post(body: object): Request {
  return { method: 'POST', path: '/articles', headers: jsonType, body: JSON.stringify(body) }
}

function patch(id: number, body: object): Request {
  return { method: 'PATCH', path: `/articles/${id}`, headers: jsonType, body: JSON.stringify(body) }
}

/** A read by someone who has the row already. */
async function conditional(target: Target, id: number): Promise<Request> {
  const { headers } = await send(target, get(`/articles/${id}`))
  return get(`/articles/${id}`, { 'if-none-match': String(headers.get('etag')) })
}

export async function send({ port, headers }: Target, request: Request): Promise<Answer> {
  const { method, path, body } = request
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { ...headers, ...request.headers },
    ...(body !== undefined && { body }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    json: text === '' ? undefined : JSON.parse(text),
  }
}

/** The requests of an operation, after its first answer has been found right. */
export async function checkedRequests(
  operation: Operation,
  target: Target,
): Promise<readonly Request[]> {
  const requests = await operation.requests(target)
  const answer = await send(target, requests[0] as Request)
  equal(answer.status, operation.status, `${operation.title}: ${JSON.stringify(answer.json)}`)
  operation.check(answer, target)
  return requests.map(request => ({
    ...request,
    headers: { ...target.headers, ...request.headers },
  }))
}
