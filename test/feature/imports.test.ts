// Rows that are received now and stored later (RFC 7240 §4.1, RFC 9110 §15.3.3): 202, an import that says what became of
// them, and all or nothing.

import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { Computed, From, Ref, Refusal, resource, Type } from '../../src/restwell.ts'
import { only } from '../../src/store/only.ts'
import { plain } from '../../src/store/store.ts'
import { holder, required } from '../support/access.ts'
import { endOf, sendLater } from '../support/imports.ts'
import { limitsOf, TestClock } from '../support/limits.ts'
import { owned } from '../support/owned.ts'
import { checkProblem } from '../support/problem.ts'
import { feature, type Service } from '../support/service.ts'
import { listen } from '../support/wire.ts'

const [ndjson, csv] = ['application/x-ndjson', 'text/csv']

const country = (n: number) => ({ name: `Land ${n}`, capital: `Stadt ${n}`, area: n })
const lines = (rows: readonly unknown[]) => rows.map(row => `${JSON.stringify(row)}\n`).join('')
const many = (count: number) => lines(Array.from({ length: count }, (_, n) => country(n)))

async function countOf(service: Service, url: string): Promise<number> {
  const query = url.includes('?') ? '&limit=1' : '?limit=1'
  const { headers } = await service.get(url + query, { prefer: 'count=exact' })
  return Number(headers['x-total-count'])
}

feature('rows are received with 202, and stored later', async (t, service) => {
  const answer = await sendLater(service, '/countries', many(2500))
  t.strictSame(
    [answer.status, answer.headers['preference-applied'], answer.headers['retry-after']],
    [202, 'respond-async', '1'],
  )
  t.match(answer.headers.location, /^\/imports\/\d+$/)
  t.match(answer.json, {
    resource: 'countries',
    format: 'ndjson',
    on_duplicate: 'refuse',
    state: 'waiting',
    size: many(2500).length,
    created: 0,
    ended_at: null,
  })
  const found = await endOf(service, answer)
  t.match(found, { state: 'done', rows_read: 2500, created: 2500, refused: 0, findings: [] })
  t.equal(await countOf(service, '/countries'), 2503)
  t.equal((await service.get(`/imports/${found.id}`)).headers['retry-after'], undefined)
  const { json } = await service.get('/imports')
  t.strictSame(json, [found])
})

feature('CSV is imported, too, and no line is stored where one is wrong', async (t, service) => {
  const body = 'name,capital,area\nA,B,1\nC,D,x\n,E,2\n'
  const found = await endOf(
    service,
    await sendLater(service, '/countries', body, { 'content-type': csv }),
  )
  t.match(found, {
    format: 'csv',
    state: 'failed',
    rows_read: 3,
    created: 0,
    refused: 2,
    detail: 'Request had invalid or missing data.',
    more_findings: 0,
  })
  t.strictSame(found.findings, [
    { line: 3, pointer: '#/area', detail: 'must be integer' },
    { line: 4, pointer: '#/name', detail: 'is required' },
  ])
  t.equal(await countOf(service, '/countries'), 3)
})

feature(
  'the first hundred findings of an import are named, and how many more there are',
  async (t, service) => {
    const rows = Array.from({ length: 130 }, (_, n) => ({ ...country(n), area: -1 }))
    const found = await endOf(service, await sendLater(service, '/countries', lines(rows)))
    t.match(found, { state: 'failed', rows_read: 130, refused: 130, more_findings: 30 })
    t.strictSame(
      [found.findings.length, found.findings.at(-1)],
      [100, { line: 100, pointer: '#/area', detail: 'must be >= 0' }],
    )
  },
)

feature('what the database refuses names its line, and nothing is stored', async (t, service) => {
  const book = (n: number) => ({ title: 'T', authors: [{ name: 'N' }], isbn13: `978-${1e9 + n}` })
  const rows = Array.from({ length: 300 }, (_, n) => book(n))
  await service.post('/books', book(250))
  const before = await countOf(service, '/books')
  const found = await endOf(service, await sendLater(service, '/books', lines(rows)))
  t.match(found, { state: 'failed', refused: 1, created: 0 })
  t.strictSame(found.findings, [{ line: 251, pointer: '#/isbn13', detail: 'is taken' }])
  t.equal(await countOf(service, '/books'), before)
  const url = '/books?on_duplicate=skip'
  const skipped = await endOf(service, await sendLater(service, url, lines(rows)))
  t.match(skipped, { state: 'done', on_duplicate: 'skip', created: 299, skipped: 1 })
  t.equal(await countOf(service, '/books'), before + 299)
})

feature('a repeated request is received once', async (t, service) => {
  const key = { 'idempotency-key': 'once' }
  const first = await sendLater(service, '/countries', many(10), key)
  const second = await sendLater(service, '/countries', many(10), key)
  t.strictSame(
    [second.status, second.headers.location, second.headers['idempotent-replayed']],
    [202, first.headers.location, 'true'],
  )
  checkProblem(t, 'POST', await sendLater(service, '/countries', many(11), key), 422)
  await endOf(service, first)
  t.equal(await countOf(service, '/countries'), 13)
  t.equal(((await service.get('/imports')).json as object[]).length, 1)
})

feature('what is no text of rows is refused at once', async (t, service) => {
  checkProblem(t, 'POST', await sendLater(service, '/countries', 'a\0b'), 400)
  const body = Buffer.from([0xff, 0xfe])
  const headers = { 'content-type': ndjson, prefer: 'respond-async' }
  checkProblem(t, 'POST', await service.request('POST', '/countries', { body, headers }), 400)
  checkProblem(t, 'POST', await sendLater(service, '/countries?on_duplicate=x', many(1)), 400)
  checkProblem(t, 'POST', await sendLater(service, '/countries', many(1), { accept: csv }), 406)
  t.strictSame((await service.get('/imports')).json, [])
})

feature('one row in JSON is stored at once, whatever its sender prefers', async (t, service) => {
  const answer = await service.post('/countries', country(1), { prefer: 'respond-async' })
  t.strictSame([answer.status, answer.headers['preference-applied']], [201, undefined])
})

feature('the record of an import can be deleted; its rows stay', async (t, service) => {
  const answer = await sendLater(service, '/countries', many(3))
  const { id } = await endOf(service, answer)
  t.equal((await service.delete(`/imports/${id}`)).status, 204)
  checkProblem(t, 'GET', await service.get(`/imports/${id}`), 404)
  t.equal(await countOf(service, '/countries'), 6)
})

feature(
  'what is cancelled before it has ended is not stored, and its record says so',
  async (t, service) => {
    const answer = await sendLater(service, '/countries', many(30_000))
    t.equal(answer.status, 202, answer.text)
    const path = String(answer.headers.location)
    t.equal((await service.delete(path)).status, 204)
    const found = (await service.get(path)).json
    t.match(found, { state: 'cancelled', created: 0 })
    // The next one begins when the work on this one is over.
    await endOf(service, await sendLater(service, '/cars', ''))
    t.equal(await countOf(service, '/countries'), 3)
    t.equal((await service.delete(path)).status, 204)
    checkProblem(t, 'GET', await service.get(path), 404)
  },
)

feature(
  'only who made an import sees it, and the rows are that caller’s',
  async (t, service) => {
    const sender = await holder(service.store, ['folders:write', 'folders:read'])
    const other = await holder(service.store, ['folders:read'])
    const admin = await holder(service.store, ['imports:admin'])
    const answer = await sendLater(service, '/folders', lines([{ title: 'A' }, { title: 'B' }]), {
      ...sender.headers,
    })
    t.equal(answer.status, 202)
    const path = String(answer.headers.location)
    t.match(await endOf(service, answer, sender.headers), { state: 'done', created: 2 })
    checkProblem(t, 'GET', await service.get(path, other.headers), 404)
    checkProblem(t, 'DELETE', await service.delete(path, other.headers), 404)
    checkProblem(t, 'GET', await service.get(path), 401)
    t.strictSame((await service.get('/imports', other.headers)).json, [])
    t.equal((await service.get(path, admin.headers)).status, 200)
    const seen = (await service.get('/folders', sender.headers)).json as { owner: string }[]
    t.strictSame(
      seen.map(({ owner }) => owner),
      [`key:${sender.id}`, `key:${sender.id}`],
    )
    t.strictSame((await service.get('/folders', other.headers)).json, [])
    const refused = await sendLater(service, '/folders', lines([{ title: 'A' }]), other.headers)
    checkProblem(t, 'POST', refused, 403)
    const again = await sendLater(service, '/folders', lines([{ title: 'C' }, { title: 'A' }]), {
      ...sender.headers,
    })
    const found = await endOf(service, again, sender.headers)
    t.match(found, { state: 'failed', created: 0 })
    t.strictSame(found.findings, [{ line: 2, pointer: '#/title', detail: 'is taken' }])
    const unseen = lines([{ folder_id: 1, title: 'Not mine' }])
    const writer = await holder(service.store, ['notes:write'])
    const missing = await sendLater(service, '/notes', unseen, writer.headers)
    t.strictSame((await endOf(service, missing, writer.headers)).findings, [
      { line: 1, pointer: '#/folder_id', detail: 'does not exist' },
    ])
    checkProblem(
      t,
      'POST',
      await sendLater(service, '/folders/1/notes', unseen, writer.headers),
      404,
    )
  },
  { resources: owned, access: required, sample: false },
)

feature('rows may bring some of the keys, and below a parent no reference', async (t, service) => {
  const rows = [country(1), { id: 70, ...country(2) }, country(3), { id: 60, ...country(4) }]
  const found = await endOf(service, await sendLater(service, '/countries', lines(rows)))
  t.match(found, { state: 'done', created: 4 })
  const names = (
    (await service.get('/countries?name_starts_with=Land')).json as { name: string }[]
  ).map(({ name }) => name)
  t.strictSame([...names].sort(), ['Land 1', 'Land 2', 'Land 3', 'Land 4'])
  const next = await service.post('/countries', country(5))
  t.ok((next.json as { id: number }).id > 70, 'the server counts on from there')
  const replacing = lines([country(9), { id: 60, ...country(6) }, { id: 99, ...country(7) }])
  const url = '/countries?on_duplicate=replace'
  const replaced = await endOf(service, await sendLater(service, url, replacing))
  t.match(replaced, { state: 'done', created: 2, replaced: 1 })
  const { id } = (await service.post('/countries', country(8))).json as { id: number }
  t.ok(id > 99, `${id}`)
  const guests = lines([{ name: 'A', email: 'a@example.com' }])
  const below = await endOf(service, await sendLater(service, '/events/1/guests', guests))
  t.match(below, { resource: 'guests', state: 'done', created: 1 }, JSON.stringify(below))
  const twice = lines([country(6), { id: 90, ...country(7) }, { id: 90, ...country(8) }])
  const refused = await endOf(service, await sendLater(service, '/countries', twice))
  t.strictSame(refused.findings, [{ line: 3, pointer: '#/id', detail: 'is taken' }])
})

feature(
  'a text that is too large is refused, and leaves nothing behind',
  async (t, service) => {
    checkProblem(t, 'POST', await sendLater(service, '/countries', many(100)), 413)
    t.strictSame((await service.get('/imports')).json, [])
    const [[left] = []] = await service.store.query(plain('select count(*) from import_parts'))
    t.equal(Number(left), 0)
    t.equal((await sendLater(service, '/countries', many(2))).status, 202)
  },
  { imports: { limit: 1000 } },
)

feature('no character is broken where a text is divided', async (t, service) => {
  const name = '😀'.repeat(50)
  const rows = lines(Array.from({ length: 4000 }, (_, area) => ({ name, capital: 'é', area })))
  for (const before of ['', ' ']) {
    const found = await endOf(service, await sendLater(service, '/countries', before + rows))
    t.match(found, { state: 'done', created: 4000 }, JSON.stringify(found))
  }
  t.equal(await countOf(service, `/countries?name=${encodeURIComponent(name)}`), 8000)
})

feature(
  'each line counts in the quotas, and what is beyond them is not received',
  async (t, service) => {
    const refused = checkProblem(
      t,
      'POST',
      await sendLater(service, '/cars', '{}\n'.repeat(21)),
      429,
    )
    t.match(refused.detail, /^Too many rows/)
    t.strictSame((await service.get('/imports')).json, [])
    const [[left] = []] = await service.store.query(plain('select count(*) from import_parts'))
    t.equal(Number(left), 0)
    const { status, headers } = await sendLater(service, '/countries', many(10))
    t.equal(status, 202)
    t.match(headers.ratelimit, /r=8;/)
  },
  { limits: () => limitsOf({ anonymous: { requests_per_minute: 20 } }, new TestClock()) },
)

const nodes = resource(
  'nodes',
  Type.Object({
    code: Type.String({ minLength: 1, maxLength: 9 }),
    above: Type.Optional(Ref<string>('nodes')),
  }),
  { description: 'A tree', key: 'code' },
)
const leaves = resource(
  'leaves',
  Type.Object({ node: Ref<string>('nodes'), name: Type.String({ maxLength: 9 }) }),
  { description: 'What grows on it', parent: 'node', search: ['name'] },
)

feature(
  'rows may refer to each other, and one that refers to none is named',
  async (t, service) => {
    const send = async (url: string, rows: readonly object[]) =>
      endOf(service, await sendLater(service, url, lines(rows)))
    const tree = [{ code: 'a' }, { code: 'b', above: 'a' }, { code: 'c', above: 'c' }]
    t.match(await send('/nodes', tree), { state: 'done', created: 3 })
    const lost = await send('/nodes', [
      { code: 'd', above: 'a' },
      { code: 'e', above: 'x' },
    ])
    t.strictSame(lost.findings, [{ line: 2, pointer: '#/above', detail: 'does not exist' }])
    t.equal(await countOf(service, '/nodes'), 3)
    const leaf = (node: string) => ({ node, name: `of ${node}` })
    t.match(await send('/leaves', [leaf('a'), leaf('b')]), { state: 'done', created: 2 })
    t.equal(await countOf(service, '/leaves?q=b'), 1)
    const fallen = await send('/leaves', [leaf('a'), leaf('y'), leaf('z')])
    t.strictSame(fallen.findings, [{ line: 2, pointer: '#/node', detail: 'does not exist' }])
    t.equal(await countOf(service, '/leaves'), 2)
  },
  { resources: [nodes, leaves] },
)

const heard: string[] = []
const parts = resource('parts', Type.Object({ name: Type.String({ maxLength: 20 }) }), {
  description: 'Parts',
  hooks: {
    beforeWrite: ({ after }) => {
      if (after?.name === 'bad') throw new Refusal(422, 'No bad parts.', 'name')
      return { name: String(after?.name).toUpperCase() }
    },
    *afterWrite({ after, db }) {
      yield* db.create(logs, { text: `stored ${after?.name}` })
    },
    afterCommit: ({ after }) => {
      heard.push(String(after?.name))
    },
  },
})
const logs = resource('logs', Type.Object({ text: Type.String({ maxLength: 40 }) }), {
  description: 'What was stored',
})

feature(
  'hooks run for each row, and what one refuses leaves nothing',
  async (t, service) => {
    heard.length = 0
    const rows = (...names: string[]) => lines(names.map(name => ({ name })))
    const bad = await endOf(service, await sendLater(service, '/parts', rows('a', 'bad')))
    t.match(bad, { state: 'failed', created: 0 })
    t.strictSame(bad.findings, [{ line: 2, pointer: '#/name', detail: 'No bad parts.' }])
    t.strictSame(
      [await countOf(service, '/parts'), await countOf(service, '/logs'), heard],
      [0, 0, []],
    )
    const good = await endOf(service, await sendLater(service, '/parts', rows('a', 'b')))
    t.match(good, { state: 'done', created: 2 })
    const names = (await service.get('/parts')).json as { name: string }[]
    t.strictSame(
      names.map(({ name }) => name),
      ['A', 'B'],
    )
    const stored = (await service.get('/logs')).json as { text: string }[]
    t.strictSame(
      stored.map(({ text }) => text),
      ['stored A', 'stored B'],
    )
    // They are told after its end.
    while (heard.length < 2) await pause(10)
    t.strictSame(heard, ['A', 'B'])
  },
  { resources: [parts, logs] },
)

const shops = resource('shops', Type.Object({ name: Type.String({ maxLength: 20 }) }), {
  description: 'Where it is sold',
})
const sales = resource(
  'sales',
  Type.Object({
    shop_id: Ref('shops'),
    shop_name: From('shop_id', 'name'),
    amount: Type.Integer(),
  }),
  { description: 'What is sold', computed: { twice: Computed(Type.Integer(), s => s.amount * 2) } },
)

feature(
  'members that are no columns, of another row or computed, are left to the rows that are read',
  async (t, service) => {
    await service.post('/shops', { name: 'Oslo' })
    const rows = [2, 3].map(amount => ({ shop_id: 1, amount }))
    const found = await endOf(service, await sendLater(service, '/sales', lines(rows)))
    t.match(found, { state: 'done', created: 2 })
    t.match((await service.get('/sales')).json, [
      { shop_id: 1, shop_name: 'Oslo', amount: 2, twice: 4 },
      { shop_id: 1, shop_name: 'Oslo', amount: 3, twice: 6 },
    ])
    const missing = lines([...rows, { shop_id: 9, amount: 4 }])
    const refused = await endOf(service, await sendLater(service, '/sales', missing))
    t.match(refused, { state: 'failed', created: 0, findings: [{ line: 3, pointer: '#/shop_id' }] })
  },
  { resources: [shops, sales] },
)

feature('an import that ended its process three times has failed', async (t, service) => {
  const answer = await sendLater(service, '/cars', '')
  await endOf(service, answer)
  const long = '2026-01-01T00:00:00.000Z'
  await service.store.transact(() =>
    only({
      text: `update "imports" set "state" = 'running', "ended_at" = null, "attempts" = 3, "heard_at" = '${long}'`,
      values: [],
    }),
  )
  await endOf(service, await sendLater(service, '/cars', ''))
  t.match((await service.get(String(answer.headers.location))).json, {
    state: 'failed',
    detail: 'The service ended in each of 3 attempts to store it.',
    created: 0,
  })
})

feature('of five texts that do not end, one is refused', async (t, service) => {
  const { open } = await listen(t, service)
  const sockets = Array.from({ length: 5 }, open)
  const head =
    'POST /countries HTTP/1.1\r\nHost: localhost\r\nPrefer: respond-async\r\n' +
    `Content-Type: ${ndjson}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n\n\r\n`
  const heard = sockets.map(socket => once(socket, 'data').then(([data]) => `${data}`))
  for (const socket of sockets) socket.write(head)
  t.match(await Promise.race(heard), /^HTTP\/1.1 503 .*retry-after: 5/s)
  for (const socket of sockets) socket.destroy()
  while ((await sendLater(service, '/countries', '')).status !== 202) await pause(50)
})

feature('while many texts wait, no more are received', async (t, service) => {
  await endOf(service, await sendLater(service, '/cars', ''))
  const size = 3.5 * 1024 ** 3
  const later = '2999-01-01T00:00:00.000Z'
  await service.store.transact(() =>
    only({
      text: `update "imports" set "size" = ${size}, "state" = 'running', "ended_at" = null, "heard_at" = '${later}'`,
      values: [],
    }),
  )
  const refused = await sendLater(service, '/countries', many(1))
  checkProblem(t, 'POST', refused, 503)
  t.equal(refused.headers['retry-after'], '5')
  t.equal((await service.delete('/imports/1')).status, 204)
  t.equal((await sendLater(service, '/countries', many(1))).status, 202)
})
