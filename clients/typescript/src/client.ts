// A client of the service: the calls of its document, typed, and what every caller would write on top of them.

import createFetchClient from 'openapi-fetch'
import type { paths } from './api.ts'
import { ProblemError, ResponseError, toProblemError } from './errors.ts'
import { rowsOf } from './lines.ts'
import { type Retrying, retryingFetch } from './retry.ts'
import { storeBy, storeLaterBy } from './store-rows.ts'
import type { Call, Change, Page, PageOf, Pages, Rows, Store, StoreLater } from './types.ts'
import type { Init, Untyped } from './untyped.ts'

export type { components, operations, paths } from './api.ts'
export { ProblemError, type ProblemKind, ResponseError } from './errors.ts'
export type { Retry } from './retry.ts'
export { ImportError } from './store-rows.ts'
export type { Import, Page, Row, Stored } from './types.ts'

export interface ClientOptions extends Retrying {
  /** Where the service is; with `/v1` at its end, pinned to that version. */
  readonly baseUrl: string
  /** An API key or a token, sent as `Authorization: Bearer …`; or a function that returns one for each call. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>)
  /** Header fields of every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** Is told of each call before it is sent, and may change its header fields. */
  readonly onRequest?: (request: Request) => void | Promise<void>
  /** Is told of the response of each call, which it must not read, except by `clone()`. */
  readonly onResponse?: (response: Response, request: Request) => void | Promise<void>
}

/** Every call returns `{ data, response }` or throws: a `ProblemError` for a refusal, otherwise what `fetch` throws. */
export interface Client {
  readonly GET: Call<'get'>
  readonly POST: Call<'post'>
  readonly PUT: Call<'put'>
  readonly PATCH: Call<'patch'>
  readonly DELETE: Call<'delete'>
  /** One page of a list, and the `cursor` of the next one. */
  readonly page: PageOf
  /** Every page of a list, fetched as it is needed. */
  readonly pages: Pages
  /** Every row of a list, fetched page by page as it is needed. */
  readonly rows: Rows
  /**
   * Every row of a list as it comes, in one request: all of one state, however many. What happens on the way is thrown behind
   * the rows that had come.
   */
  readonly stream: Rows
  /** Creates up to 10,000 rows, all or none. */
  readonly store: Store
  /**
   * Creates any number of rows, all or none, and waits until they are stored. They are sent as they come, and not kept. Throws
   * an `ImportError` if none is stored.
   */
  readonly storeLater: StoreLater
  /** Reads a row, takes the changes to it and makes them if nobody was faster; otherwise it starts again. */
  readonly change: Change
}

/** How many times a change is tried. */
const changeAttempts = 5

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export function createClient(options: ClientOptions): Client {
  const { GET, POST, PUT, PATCH, DELETE } = typedFetch(options)
  // Many rows may take any time.
  const unhurried = { ...options, timeout: 0 }
  const patient = typedFetch(unhurried)
  const page = pageBy(GET)
  const pages = pagesBy(page)
  return {
    ...{ GET, POST, PUT, PATCH, DELETE, page, pages },
    rows: rowsBy(pages),
    stream: streamBy(patient.GET),
    store: storeBy(POST, retryingFetch(options)),
    storeLater: storeLaterBy(GET, patient.POST, retryingFetch(unhurried)),
    change: changeBy(GET, PATCH),
  } as unknown as Client
}

/** openapi-fetch, which throws refusals, and whose bodies are read here, because it does not say whose JSON is broken. */
function typedFetch({ baseUrl, token, headers = {}, ...options }: ClientOptions) {
  const client = createFetchClient<paths>({ baseUrl, headers, fetch: retryingFetch(options) })
  const requests = new WeakMap<Response, Request>()
  client.use({
    onRequest: async ({ request }) => {
      const bearer = typeof token === 'function' ? await token() : token
      if (bearer !== undefined) request.headers.set('authorization', `Bearer ${bearer}`)
      if (isUnkeyed(request)) request.headers.set('idempotency-key', crypto.randomUUID())
      await options.onRequest?.(request)
    },
    onResponse: async ({ request, response }) => {
      requests.set(response, request)
      await options.onResponse?.(response, request)
      if (response.status >= 400) throw await toProblemError(request, response)
    },
  })
  const untyped = client as unknown as Record<Method, Untyped>
  const call =
    (method: Method): Untyped =>
    async (path, init = {}) => {
      const answer = await untyped[method](path, { parseAs: 'stream', ...init })
      if (init.parseAs !== undefined || answer.data === undefined) return answer
      const { response } = answer
      return { data: await jsonOf(response, requests.get(response) as Request), response }
    }
  return {
    GET: call('GET'),
    POST: call('POST'),
    PUT: call('PUT'),
    PATCH: call('PATCH'),
    DELETE: call('DELETE'),
  }
}

/** A POST gets a key of its own, which makes it safe to send it again. */
function isUnkeyed({ method, headers }: Request): boolean {
  return method === 'POST' && !headers.has('idempotency-key')
}

async function jsonOf(response: Response, request: Request): Promise<unknown> {
  const text = await response.text()
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch (cause) {
    const type = response.headers.get('content-type') ?? 'a body without a type'
    throw new ResponseError(
      `has a body that is no JSON (${type})`,
      { request, response },
      { cause },
    )
  }
}

function pageBy(get: Untyped) {
  return async (path: string, init?: Init): Promise<Page<unknown>> => {
    const { data, response } = await get(path, init)
    const total = response.headers.get('x-total-count')
    return {
      rows: data as unknown[],
      cursor: nextCursor(response),
      total: total === null ? undefined : Number(total),
      response,
    }
  }
}

/** From `Link: </books?cursor=…>; rel="next"` (RFC 8288). */
function nextCursor({ headers, url }: Response): string | undefined {
  const next = /<([^>]*)>\s*;\s*rel="?next"?/.exec(headers.get('link') ?? '')?.[1]
  return next === undefined
    ? undefined
    : (new URL(next, url).searchParams.get('cursor') ?? undefined)
}

function pagesBy(pageOf: (path: string, init?: Init) => Promise<Page<unknown>>) {
  return async function* (path: string, init: Init = {}): AsyncGenerator<Page<unknown>> {
    for (let query = init.params?.query ?? {}; ; ) {
      const page = await pageOf(path, { ...init, params: { ...init.params, query } })
      yield page
      if (page.cursor === undefined) return
      query = { ...query, cursor: page.cursor }
    }
  }
}

function rowsBy(pages: (path: string, init?: Init) => AsyncGenerator<Page<unknown>>) {
  return async function* (path: string, init?: Init): AsyncGenerator<unknown> {
    for await (const { rows } of pages(path, init)) yield* rows
  }
}

function streamBy(get: Untyped) {
  return async function* (path: string, init: Init = {}): AsyncGenerator<unknown> {
    const headers = { ...init.headers, accept: 'application/x-ndjson' }
    const { data } = await get(path, { ...init, headers, parseAs: 'stream' })
    yield* rowsOf(data as ReadableStream<Uint8Array>)
  }
}

function changeBy(get: Untyped, patch: Untyped) {
  return async (
    path: string,
    parameters: object,
    edit: (current: unknown) => unknown,
    init: Init = {},
  ): Promise<unknown> => {
    for (let attempt = 1; ; attempt++) {
      const { data, response } = await get(path, { ...init, params: { path: parameters } })
      const header = { 'If-Match': response.headers.get('etag') }
      const body = await edit(data)
      try {
        return await patch(path, { ...init, params: { path: parameters, header }, body })
      } catch (error) {
        const isLate = error instanceof ProblemError && error.status === 412
        if (attempt === changeAttempts || !isLate) throw error
      }
    }
  }
}
