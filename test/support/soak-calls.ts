// What callers of a service do for a long time, each again and again: what they create, they delete, so that the service
// has as much to keep in the end as in the beginning.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export interface Target {
  readonly address: string
  readonly key: string
}

export interface Caller {
  /** In ms, how long it waits between its calls. */
  readonly every: number
  /** `n`: how often it has called before. Rejects when the service does not do as it should. */
  readonly call: (callers: Callers, n: number) => Promise<void>
}

interface Sent {
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: object
  readonly body?: string
}

/** The rows that are there from the beginning. */
export const usual = { todos: 20_000, users: 5_000 }

const ndjson = { 'content-type': 'application/x-ndjson' }
const csv = { 'content-type': 'text/csv' }
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)

export class Callers {
  readonly #address: string
  readonly #headers: Readonly<Record<string, string>>
  /** How many requests had the response that they should have. */
  answered = 0
  /** How many were told to come again. */
  refused = 0

  constructor({ address, key }: Target) {
    this.#address = address
    this.#headers = { authorization: `Bearer ${key}` }
  }

  async prepare(): Promise<void> {
    for (let from = 0; from < usual.todos; from += 10_000) {
      const body = upTo(10_000).map(n =>
        JSON.stringify({ userId: 21 + (n % 50), title: `${from + n}` }),
      )
      await this.send('POST', '/todos', 201, { headers: ndjson, body: body.join('\n') })
    }
    await this.send('POST', '/users', 201, { headers: csv, body: users(0, usual.users) })
  }

  /** Returns what came with the status that was expected. After a 503 nothing is done, and it is sent again. */
  async send(method: string, path: string, status: number, sent: Sent = {}): Promise<Response> {
    const { json, body = json && JSON.stringify(json), headers } = sent
    const type = json && { 'content-type': 'application/json' }
    const response = await fetch(this.#address + path, {
      method,
      headers: { ...this.#headers, ...type, ...headers },
      ...(body !== undefined && { body }),
    })
    const text = await response.text()
    if (response.status === 503) {
      this.refused++
      await pause(1000 * Number(response.headers.get('retry-after') ?? 1))
      return this.send(method, path, status, sent)
    }
    if (response.status !== status)
      throw new Error(`${method} ${path}: ${response.status}, not ${status}: ${text.slice(0, 500)}`)
    this.answered++
    return new Response(text === '' ? null : text, response)
  }

  /** A connection that has sent bytes of its own. */
  async raw(text: string): Promise<Socket> {
    const { hostname, port } = new URL(this.#address)
    const socket = connect({ host: hostname, port: Number(port) })
    socket.on('error', () => {})
    await once(socket, 'connect')
    socket.write(text)
    return socket
  }

  /** The head of a request that is written by hand. */
  head(method: string, path: string, fields: Readonly<Record<string, string | number>>): string {
    const all = { host: 'localhost', ...this.#headers, ...fields }
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
    return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
  }
}

/** As CSV. */
function users(from: number, count: number): string {
  return upTo(count).reduce((text, n) => `${text}u-${from + n},User ${n}\n`, 'username,name\n')
}

const reads = (n: number): readonly string[] => [
  `/todos/${1 + (n % 200)}`,
  `/users/u-${n % usual.users}`,
  '/todos?limit=100',
  `/todos?userId=${21 + (n % 50)}&sort=-id`,
  `/todos?title_contains=${n % 100}&fields=id,title`,
  '/customers/1?include=sales',
  '/sales?include=customer&customer.status=lead',
  '/sales/summary?group_by=currency&sum=amount&count=true',
  '/customers/1/sales',
  '/books?genre=Education&page_count_gt=100&or=genre,page_count',
  '/health',
  '/openapi.json',
]

async function read(callers: Callers, n: number): Promise<void> {
  const paths = reads(n)
  await callers.send('GET', paths[n % paths.length] ?? '', 200)
}

/** Follows the links of a list, and asks for its last page again. */
async function turnPages(callers: Callers, n: number): Promise<void> {
  const prefer = 'count=exact'
  let path = `/todos?limit=50&userId=${21 + (n % 50)}`
  for (let page = 0; page < 4; page++) {
    const { headers } = await callers.send('GET', path, 200, { headers: { prefer } })
    const tag = { 'if-none-match': headers.get('etag') ?? '', prefer }
    await callers.send('GET', path, 304, { headers: tag })
    path = /<([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? path
  }
}

/** The life of a row, with a change that comes late. */
async function edit(callers: Callers, n: number): Promise<void> {
  const json = { userId: 1, title: `Row ${n}` }
  const created = await callers.send('POST', '/todos', 201, { json })
  const path = created.headers.get('location') ?? ''
  const first = { 'if-match': created.headers.get('etag') ?? '' }
  const done = { json: { completed: true }, headers: first }
  const changed = await callers.send('PATCH', path, 200, done)
  await callers.send('PATCH', path, 412, done)
  const tag = { 'if-match': changed.headers.get('etag') ?? '' }
  await callers.send('PUT', path, 200, { json, headers: tag })
  await callers.send('GET', path, 200)
  await callers.send('DELETE', path, 204)
  await callers.send('GET', path, 404)
}

/** Created twice under one key, which is one row. */
async function repeat(callers: Callers, n: number): Promise<void> {
  const sent = { json: { userId: 1, title: 'Once' }, headers: { 'idempotency-key': `soak-${n}` } }
  const [{ headers }] = [await callers.send('POST', '/todos', 201, sent)]
  await callers.send('POST', '/todos', 201, sent)
  await callers.send('DELETE', headers.get('location') ?? '', 204)
}

type Refused = readonly [method: string, path: string, status: number, sent?: Sent]

const refusals = (n: number): readonly Refused[] => [
  ['POST', '/todos', 422, { json: { userId: 0, [`unknown_${n}`]: 1 } }],
  ['GET', `/todos?limit=${n}&unknown=1`, 400],
  ['GET', `/nowhere/${n}`, 404],
  ['DELETE', '/todos', 405],
  ['POST', '/todos', 415, { body: 'x', headers: { 'content-type': `text/x-${n}` } }],
  ['POST', '/todos', 400, { body: '{"userId":', headers: { 'content-type': 'application/json' } }],
  ['GET', '/todos', 406, { headers: { accept: 'image/png' } }],
  ['POST', '/todos', 413, { json: { userId: 1, title: 'x'.repeat(1_100_000) } }],
  ['POST', '/countries', 422, { body: '{"name":1}\n', headers: ndjson }],
]

async function refused(callers: Callers, n: number): Promise<void> {
  const all = refusals(n)
  const [method, path, status, sent] = all[n % all.length] as Refused
  await callers.send(method, path, status, sent)
}

async function readCsv(callers: Callers): Promise<void> {
  await callers.send('GET', '/users', 200, { headers: { accept: 'text/csv' } })
}

async function writeCsv(callers: Callers, n: number): Promise<void> {
  const body = users((n * 200) % usual.users, 200)
  await callers.send('POST', '/users?on_duplicate=replace', 200, { headers: csv, body })
}

async function importRows(callers: Callers): Promise<void> {
  const headers = { ...csv, prefer: 'respond-async' }
  const path = '/users?on_duplicate=replace'
  const sent = await callers.send('POST', path, 202, { headers, body: users(0, 2_000) })
  for (;;) {
    const found = await callers.send('GET', sent.headers.get('location') ?? '', 200)
    const { state, ended_at } = (await found.json()) as { state: string; ended_at: string | null }
    if (state === 'done') return
    if (ended_at !== null) throw new Error(`The import has ${state}.`)
    await pause(200)
  }
}

/** A list that is read a little at a time; every other reader leaves in the middle. */
async function readSlowly(callers: Callers, n: number): Promise<void> {
  const fields = { accept: 'application/x-ndjson', connection: 'close' }
  const socket = await callers.raw(callers.head('GET', '/todos', fields))
  for (let pieces = 0; !socket.readableEnded && !socket.destroyed; pieces++) {
    socket.read(65_536)
    if (n % 2 === 1 && pieces === 10) socket.destroy()
    await pause(50)
  }
}

/** Leaves before the response, in the middle of a body, or without having said anything that is HTTP. */
async function leave(callers: Callers, n: number): Promise<void> {
  const upload = { 'content-type': 'application/json', 'content-length': 10_000 }
  const bytes = [
    callers.head('GET', '/todos?limit=1000', {}),
    `${callers.head('POST', '/todos', upload)}{"userId":1,`,
    callers.head('GET', '/users', { accept: 'text/csv' }).repeat(3),
    'This is no HTTP.\r\n\r\n',
    '',
  ]
  const socket = await callers.raw(bytes[n % bytes.length] ?? '')
  await pause(20)
  socket.destroy()
}

/** About 50 requests a second together. */
export const everybody: readonly Caller[] = [
  { every: 100, call: read },
  { every: 2000, call: turnPages },
  { every: 400, call: edit },
  { every: 2000, call: repeat },
  { every: 200, call: refused },
  { every: 3000, call: readCsv },
  { every: 4000, call: writeCsv },
  { every: 10_000, call: importRows },
  { every: 1000, call: readSlowly },
  { every: 1400, call: readSlowly },
  { every: 400, call: leave },
]
