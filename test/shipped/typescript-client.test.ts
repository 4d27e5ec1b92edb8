// The TypeScript client against the running service; what must not compile is asserted by @ts-expect-error.

import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import {
  type Client,
  type ClientOptions,
  createClient,
  type Import,
  ImportError,
  ProblemError,
  ResponseError,
  type Retry,
  type Row,
} from '../../clients/typescript/src/client.ts'
import { startService } from '../support/service.ts'

interface Sent {
  readonly method: string
  readonly url: string
  readonly key: string | null
}

interface Running {
  readonly client: Client
  /** What went over the wire. */
  readonly sent: Sent[]
  readonly baseUrl: string
}

/** A service of its own. `faults`: what becomes of the first requests instead of being answered. */
async function run(
  t: Test,
  faults: readonly Fault[] = [],
  options: Partial<ClientOptions> = {},
): Promise<Running> {
  const { app } = await startService(t, `sqlite:${t.testdir()}/test.db`)
  const baseUrl = await app.listen({ port: 0, host: '127.0.0.1' })
  const sent: Sent[] = []
  const client = createClient({
    baseUrl,
    ...options,
    fetch: async input => {
      const request = input as Request
      sent.push({
        method: request.method,
        url: request.url,
        key: request.headers.get('idempotency-key'),
      })
      const fault = faults[sent.length - 1]
      return fault === undefined ? fetch(request) : fault(request)
    },
  })
  return { client, sent, baseUrl }
}

type Fault = (request: Request) => Response | Promise<Response>

const refused =
  (status: number, retryAfter: string): Fault =>
  () =>
    new Response('', { status, headers: { 'retry-after': retryAfter } })

const lost: Fault = () => Promise.reject(new TypeError('The connection was lost'))

/** The request arrives and is done; its answer is lost. */
const lostOnTheWayBack: Fault = async request => {
  await fetch(request)
  throw new TypeError('The connection was lost')
}

/** The problem that a call ends in. */
async function problemOf(call: Promise<unknown>): Promise<ProblemError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ProblemError)) throw new Error(`no problem, but ${error}`)
  return error
}

t.test('the committed types are those of the document', async t => {
  // Plain JavaScript, so that any Node runs it.
  const script = new URL('../../clients/typescript/generate.js', import.meta.url)
  const { apiTypes }: { apiTypes: (source: string) => Promise<string> } = await import(script.href)
  const committed = readFileSync('clients/typescript/src/api.ts', 'utf8')
  t.ok(committed === (await apiTypes('openapi.yaml')), 'npm run openapi makes them fresh')
})

t.test('the program of the README is the example that the compiler checks', async t => {
  const program = readFileSync('clients/typescript/examples/tour.ts', 'utf8').trim()
  const printed = program.replace('../src/client.ts', 'restwell-client')
  t.ok(readFileSync('clients/typescript/README.md', 'utf8').includes(`\n${printed}\n`))
})

t.test('what is created can be read, replaced, changed and deleted, all typed', async t => {
  const { client } = await run(t)
  const { data: created, response } = await client.POST('/todos', {
    body: { userId: 1, title: 'Buy milk' },
  })
  const completed: boolean = created.completed
  t.strictSame(created, { id: 31, userId: 1, title: 'Buy milk', completed })
  t.equal(response.status, 201)
  const params = { path: { id: created.id } }
  const { data: replaced } = await client.PUT('/todos/{id}', {
    params,
    body: { userId: 2, title: 'Buy bread' },
  })
  t.equal(replaced.userId, 2)
  const { data: changed } = await client.PATCH('/todos/{id}', { params, body: { completed: true } })
  t.equal(changed.completed, true)
  t.strictSame((await client.GET('/todos/{id}', { params })).data, changed)
  const { data: nothing } = await client.DELETE('/todos/{id}', { params })
  const none: undefined = nothing
  t.equal(none, undefined)
  t.equal((await problemOf(client.GET('/todos/{id}', { params }))).status, 404)
})

t.test('a choice of fields is typed as that choice', async t => {
  const { client } = await run(t)
  const params = { path: { id: 1 } }
  const { data } = await client.GET('/books/{id}', {
    params: { ...params, query: { fields: ['title', 'genre'] } },
  })
  const title: string = data.title
  t.strictSame(data, { title, genre: 'Education' })
  // @ts-expect-error it was not chosen
  t.equal(data.isbn13, undefined)
  const { data: tasks } = await client.GET('/tasks', {
    params: { query: { fields: ['description'] } },
  })
  t.equal(tasks[2]?.description, 'Need to get a half gallon of organic 2% milk.')
  const { data: shown } = await client.GET('/tasks')
  const summaries: string[] = shown.map(({ summary }) => summary)
  t.strictSame(summaries, ['Wash car', 'Visit gym', 'Get milk'])
  // @ts-expect-error a list of tasks does not show it
  t.equal(shown[0]?.description, undefined)
})

t.test('what is included is typed as what was named', async t => {
  const { client } = await run(t)
  const { data: sale } = await client.GET('/sales/{id}', {
    params: { path: { id: 1 }, query: { include: ['customer'] } },
  })
  const name: string | undefined = sale.customer?.name
  t.strictSame([sale.id, name], [1, 'Amara Vinter'])
  const { data: customers } = await client.GET('/customers', {
    params: { query: { include: ['sales'], fields: ['id'] } },
  })
  const amounts: number[] = customers.flatMap(({ sales }) =>
    sales.items.map(({ amount }) => amount),
  )
  t.ok(amounts.length > 2)
  // @ts-expect-error it was not chosen
  t.equal(customers[0]?.name, undefined)
  const { data: plain } = await client.GET('/sales/{id}', { params: { path: { id: 1 } } })
  // @ts-expect-error it was not included
  t.equal(plain.customer, undefined)
})

/** Never run: it is the compiler that must refuse each of them. */
export async function wrong(client: Client): Promise<void> {
  // @ts-expect-error there is no such address
  await client.GET('/motorcycles')
  // @ts-expect-error the collection cannot be put
  await client.PUT('/cars', {})
  // @ts-expect-error the id is missing
  await client.GET('/books/{id}')
  // @ts-expect-error the area is missing
  await client.POST('/countries', { body: { name: 'Germany', capital: 'Berlin' } })
  // @ts-expect-error a body is never coerced
  await client.POST('/countries', { body: { name: 'Germany', capital: 'Berlin', area: '12' } })
  const guest = { event_id: 1, name: 'Ada', email: 'a@example.com' }
  // @ts-expect-error it is no word of the status
  await client.POST('/guests', { body: { ...guest, status: 'late' } })
  // @ts-expect-error there is no such filter
  client.rows('/books', { params: { query: { pages: 3 } } })
  // @ts-expect-error it is no list
  client.rows('/books/{id}', { params: { path: { id: 1 } } })
  // @ts-expect-error it has no such member
  await client.change('/books/{id}', { id: 1 }, ({ name }) => ({ title: name }))
}

t.test('pages follow each other to the last item, with all their parameters', async t => {
  const { client, sent } = await run(t)
  const titles: string[] = []
  const query = { userId: 3, limit: 4, sort: ['-id' as const] }
  for await (const { title, userId } of client.rows('/todos', { params: { query } })) {
    t.equal(userId, 3)
    titles.push(title)
  }
  t.equal(titles.length, 10)
  t.equal(titles[0], 'Write thank-you notes after the summer concert')
  t.equal(sent.length, 3)
  const guests: string[] = []
  for await (const { name } of client.rows('/events/{event_id}/guests', {
    params: { path: { event_id: 23 } },
  }))
    guests.push(name)
  t.strictSame(guests, ['Bruno Castell', 'Dagny Roe'])
})

t.test('a list comes row by row in one request', async t => {
  const { client, sent } = await run(t)
  const ids: number[] = []
  for await (const { id } of client.stream('/todos', { params: { query: { userId: 3 } } }))
    ids.push(id)
  t.equal(ids.length, 10)
  t.equal(sent.length, 1)
  const query = { fields: ['name' as const] }
  for await (const row of client.stream('/countries', { params: { query } })) {
    t.type(row.name, 'string')
    // @ts-expect-error: it was not chosen.
    t.equal(row.area, undefined)
    break
  }
  const none = client.stream('/events/{event_id}/guests', { params: { path: { event_id: 99 } } })
  t.equal((await problemOf(none.next())).kind, 'not-found')
})

t.test('a list that breaks off is not taken for the whole', async t => {
  const broken: Fault = () => {
    const pieces = ['{"id":1,"title":"One"}\n{"id"', ':2}\n{"id":3'].map(text => Buffer.from(text))
    const body = new ReadableStream<Uint8Array>({
      pull: controller => {
        const piece = pieces.shift()
        if (piece === undefined) controller.error(new TypeError('terminated'))
        else controller.enqueue(piece)
      },
    })
    return new Response(body)
  }
  const { client } = await run(t, [broken])
  const ids: number[] = []
  const read = async () => {
    for await (const { id } of client.stream('/todos')) ids.push(id)
  }
  await t.rejects(read(), { message: 'terminated' })
  t.strictSame(ids, [1, 2])
})

t.test('a page that nobody asks for is not fetched', async t => {
  const { client, sent } = await run(t)
  for await (const { id } of client.rows('/todos', { params: { query: { limit: 2 } } }))
    if (id === 2) break
  t.equal(sent.length, 1)
})

t.test('a problem is thrown with everything it says', async t => {
  const { client } = await run(t)
  const body = { make: 'Nissan', model: '240SX', topSpeed: 120 } as unknown as {
    model: string
    color: string
  }
  const problem = await problemOf(client.POST('/cars', { body }))
  t.match(problem, {
    name: 'ProblemError',
    status: 422,
    type: 'about:blank',
    title: 'Unprocessable Content',
  })
  t.equal(
    problem.message,
    'POST /cars: 422 Request had invalid or missing data. (#/color is required; #/topSpeed is not a known member)',
  )
  t.equal(problem.kind, 'unprocessable-content')
  t.equal(problem.detail, 'Request had invalid or missing data.')
  t.equal(problem.instance, `urn:uuid:${problem.requestId}`)
  t.equal(problem.request.method, 'POST')
  t.strictSame(problem.errors, [
    { pointer: '#/color', detail: 'is required' },
    { pointer: '#/topSpeed', detail: 'is not a known member' },
  ])
})

t.test('a problem has its kind, and says when to try again', async t => {
  const { client } = await run(t, [refused(429, '7200')])
  t.match(await problemOf(client.GET('/cars')), { kind: 'too-many-requests', retryAfter: 7200 })
  const params = { header: { 'Idempotency-Key': 'one' } }
  await client.POST('/cars', { params, body: { model: '240SX', color: 'Blue' } })
  const reused = await problemOf(
    client.POST('/cars', { params, body: { model: '240SX', color: 'Red' } }),
  )
  t.equal(reused.kind, 'idempotency-key-reused')
  // @ts-expect-error there is no such kind
  t.notOk(reused.kind === 'idempotency-key-lost')
})

for (const [what, body, status] of [
  ['a page of a proxy', '<h1>Log in</h1>', 200],
  ['a body that breaks off', '[{"id":1', 200],
] as const)
  t.test(`${what} is an error with its request and response`, async t => {
    const { client } = await run(t, [
      () => new Response(body, { status, headers: { 'content-type': 'text/html' } }),
    ])
    const error = await client.GET('/cars').catch((thrown: unknown) => thrown)
    t.ok(error instanceof ResponseError && !(error instanceof ProblemError))
    t.match(error, { status, request: { method: 'GET' }, message: /^GET \/cars: 200 .*text\/html/ })
  })

t.test('a problem that breaks off is one by its status', async t => {
  const headers = { 'content-type': 'application/problem+json' }
  const { client } = await run(t, [() => new Response('{"type":"abo', { status: 500, headers })])
  t.match(await problemOf(client.GET('/cars')), { kind: 'internal-server-error', errors: [] })
})

t.test('a body that was not asked for may be undefined, and its type says so', async t => {
  const { client } = await run(t)
  const body = { name: 'Germany', capital: 'Berlin', area: 357022 }
  const minimal = { header: { Prefer: 'return=minimal' } }
  const created = await client.POST('/countries', { params: minimal, body })
  t.equal(created.data, undefined)
  const id: number | undefined = created.data?.id
  t.equal(id, undefined)
  // @ts-expect-error it may be undefined
  t.throws(() => created.data.id)
  const { response } = await client.GET('/books/{id}', { params: { path: { id: 1 } } })
  const known = { 'If-None-Match': response.headers.get('etag') ?? '' }
  const again = await client.GET('/books/{id}', { params: { path: { id: 1 }, header: known } })
  t.equal(again.response.status, 304)
  // @ts-expect-error it may be undefined
  t.throws(() => again.data.title)
  const csv = await client.GET('/countries', {
    headers: { accept: 'application/json' },
    parseAs: 'text',
  })
  const text: string = csv.data
  t.match(text, '"Thailand"')
})

t.test('pages come with their cursor and the number of all rows', async t => {
  const { client } = await run(t)
  const query = { userId: 3, limit: 4 }
  const sizes: number[] = []
  for await (const { rows } of client.pages('/todos', { params: { query } }))
    sizes.push(rows.length)
  t.strictSame(sizes, [4, 4, 2])
  const counting = { header: { Prefer: 'count=exact' }, query }
  const first = await client.page('/todos', { params: counting })
  t.equal(first.total, 10)
  const { cursor } = first
  const second = await client.page('/todos', {
    params: { query: { ...query, ...(cursor !== undefined && { cursor }) } },
  })
  t.notSame(second.rows[0], first.rows[0])
  const title: string | undefined = second.rows[0]?.title
  t.type(title, 'string')
})

t.test('an attempt that takes too long is given up, and a read is sent again', async t => {
  const silent: Fault = request =>
    new Promise((_resolve, reject) =>
      request.signal.addEventListener('abort', () => reject(request.signal.reason)),
    )
  const retries: Retry[] = []
  const onRetry = (retry: Retry) => void retries.push(retry)
  const { client } = await run(t, [silent], { timeout: 50, onRetry })
  // The second attempt has as little time, on a machine that may be busy.
  await client.GET('/cars').catch(() => undefined)
  t.match(retries[0], { attempt: 2, wait: Number, reason: { name: 'TimeoutError' } })
})

t.test('what is sent and received can be watched, and the token made for each call', async t => {
  const seen: string[] = []
  let count = 0
  const { client } = await run(t, [], {
    token: async () => `token-${++count}`,
    headers: { 'x-app': 'test' },
    onRequest: ({ headers }) =>
      void seen.push(`${headers.get('authorization')} ${headers.get('x-app')}`),
    onResponse: ({ status }, { method }) => void seen.push(`${method} ${status}`),
  })
  await client.GET('/cars').catch(() => undefined)
  await problemOf(client.GET('/cars/{id}', { params: { path: { id: 99 } } }))
  t.strictSame(seen, ['Bearer token-1 test', 'GET 200', 'Bearer token-2 test', 'GET 404'])
})

t.test('an answer of something in between is a problem too', async t => {
  const gateway = () => new Response('<h1>No</h1>', { status: 403, statusText: 'Forbidden' })
  const { client } = await run(t, [gateway])
  t.match(await problemOf(client.GET('/cars')), { status: 403, title: 'Forbidden', errors: [] })
})

t.test('a post is repeated under one key, and done once', async t => {
  const { client, sent } = await run(t, [lostOnTheWayBack, refused(503, '0')])
  const body = { name: 'Germany', capital: 'Berlin', area: 357022 }
  const { data, response } = await client.POST('/countries', { body })
  t.equal(data.id, 4)
  t.equal(response.headers.get('idempotent-replayed'), 'true')
  t.equal((await client.GET('/countries')).data.length, 4)
  const [first, second, third] = sent.map(({ key }) => key)
  t.match(first, /^[0-9a-f-]{36}$/)
  t.strictSame([second, third], [first, first])
  t.equal(
    (await client.POST('/countries', { body })).data.id,
    5,
    'another call is another thing to do',
  )
})

t.test('a key of the caller is kept', async t => {
  const { client, sent } = await run(t)
  const init = {
    params: { header: { 'Idempotency-Key': 'mine' } },
    body: { model: '240SX', color: 'Blue' },
  }
  const { data: first } = await client.POST('/cars', init)
  const { data: second } = await client.POST('/cars', init)
  t.equal(first.id, second.id)
  t.equal(sent[0]?.key, 'mine')
})

const list = (client: Client) => client.GET('/cars')
const remove = (client: Client) => client.DELETE('/cars/{id}', { params: { path: { id: 1 } } })
const away = refused(503, '0')

const tomorrow = () => new Date(Date.now() + 86_400_000).toUTCString()

interface Repeated {
  readonly what: string
  readonly faults: readonly Fault[]
  readonly call: (client: Client) => Promise<unknown>
  readonly sent: number
  /** Of the problem that it ends in. */
  readonly status?: number
}

const repeated: readonly Repeated[] = [
  { what: 'a read after 503', faults: [away, away], call: list, sent: 3 },
  { what: 'a read after 429', faults: [refused(429, '0')], call: list, sent: 2 },
  {
    what: 'a read after 502 of what stands between',
    faults: [refused(502, ''), refused(504, '')],
    call: list,
    sent: 3,
  },
  {
    what: 'a read after a time',
    faults: [refused(503, new Date(0).toUTCString())],
    call: list,
    sent: 2,
  },
  {
    what: 'not a read that is to wait for a day',
    faults: [refused(503, tomorrow())],
    call: list,
    sent: 1,
    status: 503,
  },
  { what: 'a read after a lost connection', faults: [lost], call: list, sent: 2 },
  {
    what: 'a read, as often as allowed',
    faults: [away, away, away, away],
    call: list,
    sent: 4,
    status: 503,
  },
  {
    what: 'not a read that is to wait for an hour',
    faults: [refused(503, '3600')],
    call: list,
    sent: 1,
    status: 503,
  },
  {
    what: 'not a deletion that may have been done',
    faults: [away],
    call: remove,
    sent: 1,
    status: 503,
  },
  { what: 'a deletion that was not done', faults: [refused(429, '0')], call: remove, sent: 2 },
]

for (const { what, faults, call, sent: count, status } of repeated)
  t.test(`repeated: ${what}`, async t => {
    const { client, sent } = await run(t, faults)
    if (status === undefined) await call(client)
    else t.equal((await problemOf(call(client))).status, status)
    t.equal(sent.length, count)
  })

t.test('a call that is given up while it waits is not repeated', async t => {
  const gone = new AbortController()
  const fault: Fault = request => {
    setImmediate(() => gone.abort(new Error('enough')))
    return refused(503, '9')(request)
  }
  const { client, sent } = await run(t, [fault])
  await t.rejects(client.GET('/cars', { signal: gone.signal }), { message: 'enough' })
  t.equal(sent.length, 1)
})

const event = { path: { id: 1 } }

t.test('a change starts again when somebody was faster, and nothing is lost', async t => {
  const { client } = await run(t)
  let calls = 0
  const { data } = await client.change('/events/{id}', event.path, async ({ capacity }) => {
    if (calls++ === 0)
      await client.PATCH('/events/{id}', { params: event, body: { capacity: 100 } })
    return { capacity: (capacity ?? 0) + 1 }
  })
  t.equal(data.capacity, 101)
  t.equal(calls, 2)
})

t.test('many rows are stored or none', async t => {
  const { client } = await run(t)
  const rows = Array.from({ length: 300 }, (_, area) => ({ name: 'A', capital: 'B', area }))
  t.equal((await client.store('/countries', rows)).created, 300)
  const book = { title: 'Rows', authors: [{ name: 'A' }], isbn13: '978-1234567890' }
  const params = { query: { on_duplicate: 'skip' } } as const
  const { created, skipped, response } = await client.store('/books', [book, book], { params })
  t.strictSame([created, skipped, response.status], [1, 1, 201])
  const refused = await problemOf(
    client.store('/countries', [...rows, { ...rows[0], area: -1 } as never]),
  )
  t.strictSame(refused.errors, [{ line: 301, pointer: '#/area', detail: 'must be >= 0' }])
})

t.test('rows are stored later, and waited for', async t => {
  const { client } = await run(t)
  const rows = Array.from({ length: 12_000 }, (_, area) => ({ name: 'A', capital: 'B', area }))
  const states: string[] = []
  const onProgress = ({ state }: Import) => void states.push(state)
  const { state, created } = await client.storeLater('/countries', rows, { onProgress })
  t.strictSame([state, created, states[0], states.at(-1)], ['done', 12_000, 'waiting', 'done'])
  const wrong = client.storeLater('/countries', [...rows, { ...rows[0], area: -1 } as never])
  const error = await wrong.catch((thrown: unknown) => thrown)
  if (!(error instanceof ImportError)) throw error
  t.equal(error.message, 'Request had invalid or missing data. (line 12001 #/area must be >= 0)')
  t.strictSame(error.result.findings, [{ line: 12_001, pointer: '#/area', detail: 'must be >= 0' }])
  const signal = AbortSignal.timeout(1)
  await t.rejects(client.storeLater('/countries', rows, { signal }))
})

const country = (area: number) => ({ name: 'A', capital: 'B', area })

t.test('200,000 rows are sent as they are made, and not kept', async t => {
  let made = 0
  async function* rows() {
    while (made < 200_000) yield country(made++)
  }
  let most = 0
  const { client } = await run(t, [
    request => {
      let passed = 0
      const watch = new TransformStream<Uint8Array, Uint8Array>({
        transform: (part, controller) => {
          most = Math.max(most, made - passed)
          for (const byte of part) if (byte === 10) passed++
          controller.enqueue(part)
        },
      })
      const init = { body: request.body?.pipeThrough(watch) ?? null, duplex: 'half' as const }
      return fetch(new Request(request, init))
    },
  ])
  const { created } = await client.storeLater('/countries', rows())
  t.equal(created, 200_000)
  t.ok(most < 10_000, `${most} rows at once`)
})

t.test('rows that can be gone through again are sent again, others are not', async t => {
  function* once() {
    yield country(1)
  }
  const { client, sent } = await run(t, [away, lostOnTheWayBack, away])
  t.equal((await client.storeLater('/countries', new Set([country(1)]))).created, 1)
  const [first, second, third] = sent.map(({ key }) => key)
  t.strictSame([second, third], [first, first])
  const other = await run(t, [away])
  t.equal((await problemOf(other.client.storeLater('/countries', once()))).status, 503)
  t.equal((await other.client.store('/countries', once())).created, 1)
})

t.test('files are sent as they are', async t => {
  const { client } = await run(t)
  const csv = new File(['name,capital,area\nNorway,Oslo,385207\n'], 'a.csv', {
    type: 'application/vnd.ms-excel',
  })
  t.equal((await client.storeLater('/countries', csv)).created, 1)
  const lines = new File([`${JSON.stringify(country(1))}\n`], 'a.ndjson')
  t.equal((await client.store('/countries', lines)).created, 1)
  const wrong = new Blob([`name,capital,area\n${'A,B,-1\n'.repeat(5)}`])
  await t.rejects(client.storeLater('/countries', wrong), {
    message:
      'Request had invalid or missing data. (line 2 #/area must be >= 0; line 3 #/area must be >= 0; line 4 #/area must be >= 0; 2 more)',
  })
  const rows: Row<'/countries'>[] = (await client.page('/countries')).rows.slice(3)
  t.strictSame(
    rows.map(({ capital }) => capital),
    ['Oslo', 'B'],
  )
})

t.test('what the rows throw is thrown, and nothing is sent again', async t => {
  const broken = {
    *[Symbol.iterator]() {
      yield country(1)
      throw new RangeError('The file ends early.')
    },
  }
  const { client, sent } = await run(t)
  await t.rejects(client.storeLater('/countries', broken), { message: 'The file ends early.' })
  t.equal(sent.length, 1)
  t.equal((await client.page('/countries')).rows.length, 3)
})

t.test('rows that are refused before they have all been sent are a problem', async t => {
  let made = 0
  function* rows() {
    while (made < 200_000) yield country(made++)
  }
  const { client } = await run(t)
  const params = { query: { on_duplicate: 'never' } } as never
  const problem = await problemOf(client.storeLater('/countries', rows(), { params }))
  t.equal(problem.status, 400)
})

t.test('a change that is always too late is given up', async t => {
  const { client } = await run(t)
  let calls = 0
  const change = client.change('/events/{id}', event.path, async () => {
    await client.PATCH('/events/{id}', { params: event, body: { capacity: ++calls } })
    return { capacity: 1000 }
  })
  t.equal((await problemOf(change)).status, 412)
  t.equal(calls, 5)
  t.equal((await client.GET('/events/{id}', { params: event })).data.capacity, 5)
})

t.test('the token is sent, and a base address pins the version', async t => {
  const { baseUrl } = await run(t)
  let authorization: string | null = null
  const client = createClient({
    baseUrl: `${baseUrl}/v1/`,
    token: 'a-key',
    fetch: request => {
      authorization = (request as Request).headers.get('authorization')
      return fetch(request)
    },
  })
  const { response } = await client.POST('/cars', { body: { model: '240SX', color: 'Blue' } })
  t.equal(response.headers.get('location'), '/v1/cars/4')
  t.equal(authorization, 'Bearer a-key')
})
