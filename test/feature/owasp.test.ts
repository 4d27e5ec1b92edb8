// OWASP API Security Top 10 (2023): one test for each risk, about what it would look like here. SECURITY.md has the rest.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import { generateKeyPair } from 'jose'
import { pino } from 'pino'
import { holder, required, revoke } from '../support/access.ts'
import { limitsOf, TestClock } from '../support/limits.ts'
import { type Described, operationsOf, sendExample } from '../support/operations.ts'
import { owned } from '../support/owned.ts'
import { checkProblem } from '../support/problem.ts'
import { sign, startProvider } from '../support/provider.ts'
import { feature, onEveryDatabase, startService } from '../support/service.ts'

const access = { access: required }
const scopes = ['folders', 'notes', 'remarks'].flatMap(name => [`${name}:read`, `${name}:write`])

feature(
  'API1:2023 Broken object level authorization: ids of another owner lead nowhere',
  async (t, { store, post, request, get }) => {
    const [ada, bob] = [await holder(store, scopes), await holder(store, scopes)]
    await post('/folders', { title: 'Hers' }, ada.headers)
    await post('/folders', { title: 'His' }, bob.headers)
    for (const [method, json] of [
      ['GET'],
      ['PUT', { title: 'X' }],
      ['PATCH', { title: 'X' }],
      ['DELETE'],
    ] as const) {
      const sent = { headers: bob.headers, ...(json && { json }) }
      checkProblem(t, method, await request(method, '/folders/1', sent), 404)
    }
    t.equal((await get('/folders/1', ada.headers)).json.title, 'Hers')
  },
  { ...access, resources: owned },
)

const lines: string[] = []
const log = new Writable({
  write(chunk, _encoding, done) {
    lines.push(String(chunk))
    done()
  },
})
const clock = new TestClock()

feature(
  'API2:2023 Broken authentication: keys cannot be guessed, reused, read back or overheard',
  async (t, { store, get, post, request }) => {
    lines.length = 0
    const { headers, id, key } = await holder(store, ['*'])
    const made = await post(
      '/keys',
      { name: 'A', scopes: ['*'] },
      { ...headers, 'idempotency-key': 'one' },
    )
    const secrets = [key, String(made.json.secret)]
    t.equal(
      (await get(`/books?access_token=${key}`)).status,
      401,
      'RFC 6750 §5.3: not in an address',
    )
    t.equal(
      (await request('POST', '/books', { json: { access_token: key } })).status,
      401,
      'nor in a body',
    )
    const tables = ['keys', 'key_secrets', 'idempotency_records']
    const rows = await Promise.all(
      tables.map(name => store.query({ text: `select * from ${name}`, values: [] })),
    )
    for (const secret of secrets) {
      t.notOk(JSON.stringify(rows).includes(secret), 'a copy of the database has no key')
      t.notOk(lines.join('').includes(secret.slice(14)), 'nor has the log')
      t.notOk((await get('/keys', headers)).text.includes(secret), 'nor an answer')
    }
    for (let guess = 0; guess < 5; guess++) await request('GET', '/books', bad)
    t.equal(
      (await request('GET', '/books', bad)).status,
      429,
      'an address that guesses is told to wait',
    )
    t.equal(
      (await request('GET', '/books', { ...bad, headers })).status,
      200,
      'which locks out no good key',
    )
    await revoke(store, id)
    await post(
      '/keys',
      { name: 'B', scopes: ['*'] },
      { authorization: `Bearer ${made.json.secret}` },
    )
    t.equal((await get('/books', headers)).status, 401, 'what is revoked is over')
  },
  {
    ...access,
    logger: pino({ level: 'trace' }, log),
    limits: () => limitsOf({ failed_logins: { requests_per_minute: 5 } }, clock),
  },
)

const bad = { headers: { authorization: 'Bearer rw_live_x' }, from: '192.0.2.66' }

/** What rows have beside their fields, and what is set by the server. */
const internal = {
  _owner: 'key:1',
  _rev: 1,
  _deleted_at: null,
  digest: 'x',
  created_at: '2020-01-01T00:00:00Z',
}

feature(
  'API3:2023 Broken object property level authorization: no more is shown or set than the definition says',
  async (t, service) => {
    const { headers } = await holder(service.store, ['*'])
    await holder(service.store, ['*'])
    const withBody = (operation: Described) =>
      operation.raw.requestBody?.content['application/json']?.example as object | undefined
    let checked = 0
    for (const operation of operationsOf(service.document).filter(({ secured }) => secured)) {
      if (operation.method === 'get') {
        const { text } = await sendExample(service, operation, headers)
        t.notMatch(text, /"(?:_\w+|digest)"/, operation.at)
      }
      const example = withBody(operation)
      if (example === undefined) continue
      for (const [name, value] of Object.entries(internal)) {
        const json = { ...example, [name]: value }
        const { status } = await sendExample(service, operation, headers, json)
        t.equal(status, 422, `${operation.at} with ${name}`)
        checked++
      }
    }
    t.ok(checked > 100)
  },
  access,
)

feature(
  'API4:2023 Unrestricted resource consumption: everything that a caller sends or asks for has an end',
  async (t, { get, request, post, store }) => {
    const { headers } = await holder(store, ['books:read', 'books:write', 'cars:write'])
    const json = { ...headers, 'content-type': 'application/json' }
    const table: [what: string, status: number, sent: () => ReturnType<typeof request>][] = [
      ['a page', 400, () => get('/books?limit=1001', headers)],
      ['a filter', 400, () => get(`/books?${'id=1&'.repeat(101)}`, headers)],
      ['an address', 414, () => get(`/books?title=${'a'.repeat(9000)}`, headers)],
      [
        'a body',
        413,
        () => request('POST', '/books', { headers: json, body: ' '.repeat(1_048_577) }),
      ],
      [
        'nesting',
        400,
        () => request('POST', '/books', { headers: json, body: '['.repeat(500_000) }),
      ],
      ['a text', 422, () => post('/cars', { model: 'x'.repeat(100_000), color: 'Red' }, headers)],
    ]
    for (const [what, status, send] of table) checkProblem(t, what, await send(), status)
    for (let asked = 0; asked < 20; asked++) await get('/books/1', headers)
    checkProblem(t, 'requests', await get('/books', headers), 429)
  },
  { ...access, limits: () => limitsOf({ free: { requests_per_minute: 20 } }, new TestClock()) },
)

feature(
  'API5:2023 Broken function level authorization: reading lets nobody write, and writing nobody administer',
  async (t, { store, request }) => {
    const [reader, writer] = [
      await holder(store, ['books:read']),
      await holder(store, ['books:write', 'books:admin']),
    ]
    const table = [
      ['POST', '/books', reader],
      ['PUT', '/books/1', reader],
      ['PATCH', '/books/1', reader],
      ['DELETE', '/books/1', reader],
      ['GET', '/books', writer],
      ['GET', '/cars', reader],
      ['GET', '/keys', writer],
      ['POST', '/keys', writer],
      ['POST', '/keys/1/rotate', writer],
      ['DELETE', '/keys/1', writer],
    ] as const
    for (const [method, url, { headers }] of table)
      checkProblem(t, `${method} ${url}`, await request(method, url, { headers }), 403)
    for (const field of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
      const answer = await request('GET', '/books/1', {
        headers: { ...reader.headers, [field]: 'DELETE' },
      })
      t.equal(answer.status, 200, `${field} is not heeded`)
    }
  },
  access,
)

feature(
  'API6:2023 Unrestricted access to sensitive business flows: a caller has one quota, from wherever it asks',
  async (t, { store, request }) => {
    const { headers } = await holder(store, ['transactions:write'], { plan: 'gold' })
    const buy = (host: number) =>
      request('POST', '/transactions', { json: {}, headers, from: `192.0.2.${host}` }).then(
        ({ status }) => status,
      )
    t.strictSame([await buy(1), await buy(2), await buy(3), await buy(4)], [422, 422, 422, 429])
  },
  { ...access, limits: () => limitsOf({ gold: { requests_per_day: 3 } }, new TestClock()) },
)

onEveryDatabase(
  'API7:2023 Server side request forgery: no address that a caller names is asked for anything',
  async (t, url) => {
    let asked = 0
    const trap = createServer((_request, response) => {
      asked++
      response.end('{}')
    })
    await new Promise<void>(resolve => trap.listen(0, '127.0.0.1', resolve))
    t.teardown(() => new Promise(resolve => trap.close(resolve).closeAllConnections()))
    const address = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/`
    const provider = await startProvider(t)
    const now = new Date('2026-06-01T12:00:00Z')
    const tokens = { required: true, publicRead: new Set<string>(), tokens: provider.settings }
    const { get, post, store } = await startService(t, url, { access: tokens, clock: () => now })
    const { privateKey } = await generateKeyPair('ES256')
    for (const claims of [
      { header: { jku: address, kid: 'mine' }, key: privateKey },
      { header: { x5u: address, kid: 'mine' }, key: privateKey },
      { claims: { iss: address }, key: privateKey },
    ])
      t.equal(
        (await get('/books', { authorization: `Bearer ${await sign(provider, now, claims)}` }))
          .status,
        401,
      )
    const { headers } = await holder(store, ['*'])
    await post('/users', { username: 'ada-2', name: address, bio: address }, headers)
    await get('/books', {
      ...headers,
      referer: address,
      origin: address,
      'x-forwarded-host': address,
      host: 'evil',
    })
    t.equal(asked, 0)
  },
)

feature(
  'API8:2023 Security misconfiguration: what is not asked for is closed, and faults tell nothing',
  async (t, { get, request, store }) => {
    const { headers } = await holder(store, ['*'])
    const answer = await get('/books', { ...headers, origin: 'https://evil.example' })
    t.equal(answer.headers['access-control-allow-origin'], undefined)
    t.equal(answer.headers['x-content-type-options'], 'nosniff')
    t.match(answer.headers['content-security-policy'], /default-src 'none'/)
    for (const name of ['server', 'x-powered-by']) t.equal(answer.headers[name], undefined, name)
    t.equal((await request('TRACE', '/books', { headers })).status, 405)
    await store.close()
    const fault = await get('/books', headers)
    t.ok(fault.status >= 500)
    t.notMatch(fault.text, /\.[jt]s\b|select |sqlite|postgres|node_modules/i, 'no stack, no SQL')
  },
  access,
)

feature(
  'API9:2023 Improper inventory management: what is served is in the document, in one version',
  async (t, { store, get, document }) => {
    const { headers } = await holder(store, ['*'])
    t.ok(
      operationsOf(document).length > 70,
      'each of them: test/document.test.ts holds the router against it',
    )
    for (const url of [
      '/v0/books',
      '/v2/books',
      '/admin',
      '/debug',
      '/metrics',
      '/.env',
      '/api/books',
    ])
      checkProblem(t, url, await get(url, headers), 404)
    t.equal((await get('/v1/books', headers)).status, 200)
  },
  access,
)

onEveryDatabase(
  'API10:2023 Unsafe consumption of APIs: what an identity provider answers is bounded and checked',
  async (t, url) => {
    const provider = await startProvider(t)
    const now = new Date('2026-06-01T12:00:00Z')
    const tokens = { required: true, publicRead: new Set<string>(), tokens: provider.settings }
    const service = await startService(t, url, { access: tokens, clock: () => now })
    const headers = { authorization: `Bearer ${await sign(provider, now)}` }
    provider.answer(200, JSON.stringify({ keys: [], note: 'x'.repeat(300_000) }))
    checkProblem(t, 'more than there could be', await service.get('/books', headers), 503)
    t.equal(provider.asked(), 1)
    checkProblem(t, 'again', await service.get('/books', headers), 503)
    t.equal(provider.asked(), 1, 'and it is not asked at the will of callers')
  },
)
