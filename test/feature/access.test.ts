// Every operation of the document and every kind of caller: who is let in, derived, so that a new resource is covered.

import type { Test } from 'tap'
import { type Holder, holder, required, revoke } from '../support/access.ts'
import { type Described, operationsOf, sendExample } from '../support/operations.ts'
import { feature, type Received, type Service } from '../support/service.ts'

const access = { access: required }

/** Verdicts by status: whoever is let in gets whatever else the request comes to. */
const verdict = ({ status }: Received) => (status === 401 || status === 403 ? status : 'admitted')

const challenge = ({ headers }: Received) => headers['www-authenticate']

async function contents({ document, get, store }: Service): Promise<string> {
  const { headers } = await holder(store, ['*'])
  const lists = operationsOf(document).filter(({ at, secured }) => secured && /^GET [^{]*$/.test(at))
  const all = await Promise.all(lists.map(({ path }) => get(`${path}?limit=1000`, headers)))
  return all.map(({ text }) => text).join()
}

interface Callers {
  readonly refused: Readonly<Record<string, Record<string, string>>>
  readonly other: Holder
  readonly every: Readonly<Record<'read' | 'write', Holder>>
}

/** Keys that are no good in each way, and good ones for everything but what is asked. */
async function callersOf({ store, document }: Service): Promise<Callers> {
  const scopes = [...new Set(operationsOf(document).flatMap(({ scopes }) => scopes))]
  const ending = (word: string) => scopes.filter(scope => scope.endsWith(word))
  const expired = await holder(store, ['*'], { expires_at: '2020-01-01T00:00:00.000Z' })
  const { headers, key } = await holder(store, ['*'])
  const mistyped = key.replace(/.$/, last => (last === '0' ? '1' : '0'))
  return {
    refused: {
      expired: expired.headers,
      mistyped: { authorization: `Bearer ${mistyped}` },
      'of another service': { authorization: 'Bearer rw_live_0000000000000000000000000000000000000000000000000' },
      malformed: { authorization: 'Bearer' },
      'two in one': { authorization: `${headers.authorization} ${key}` },
    },
    other: await holder(store, ['unicorns:read']),
    every: { read: await holder(store, ending(':read')), write: await holder(store, ending(':write')) },
  }
}

feature(
  'without good credentials nothing is answered and nothing is done',
  async (t, service) => {
    const { refused, other } = await callersOf(service)
    const before = await contents(service)
    for (const operation of operationsOf(service.document).filter(({ secured }) => secured)) {
      const anonymous = await sendExample(service, operation)
      t.strictSame([anonymous.status, challenge(anonymous)], [401, 'Bearer realm="restwell"'], operation.at)
      const basic = await sendExample(service, operation, { authorization: 'Basic YWRhOnNlY3JldA==' })
      t.strictSame([basic.status, challenge(basic)], [401, 'Bearer realm="restwell"'], operation.at)
      for (const [why, headers] of Object.entries(refused)) {
        const answer = await sendExample(service, operation, headers)
        const at = `${operation.at}: ${why}`
        t.strictSame([answer.status, challenge(answer)], [401, 'Bearer realm="restwell", error="invalid_token"'], at)
      }
      const stranger = await sendExample(service, operation, other.headers)
      const [scope] = operation.scopes
      const wanted = `Bearer realm="restwell", error="insufficient_scope", scope="${scope}"`
      t.strictSame([stranger.status, challenge(stranger)], [403, wanted], `${operation.at}: no scope`)
    }
    t.equal(await contents(service), before, 'nothing was stored')
  },
  access,
)

feature(
  'a scope lets in to what needs it, and to nothing else',
  async (t, service) => {
    const { every } = await callersOf(service)
    for (const operation of operationsOf(service.document).filter(({ secured }) => secured)) {
      const [scope = ''] = operation.scopes
      const kind = scope.split(':')[1] as 'read' | 'write'
      t.ok(kind === (operation.method === 'get' ? 'read' : 'write'), `${operation.at} needs ${scope}`)
      const own = await holder(service.store, [scope])
      const all = await holder(service.store, ['*'])
      const lacking = kind === 'read' ? every.write : every.read
      t.equal(verdict(await sendExample(service, operation, lacking.headers)), 403, `${operation.at}: the other kind`)
      t.equal(verdict(await sendExample(service, operation, own.headers)), 'admitted', `${operation.at}: its own`)
      t.equal(verdict(await sendExample(service, operation, all.headers)), 'admitted', `${operation.at}: *`)
    }
  },
  access,
)

feature(
  'a key that is revoked while the service runs is refused within two seconds',
  async (t, service) => {
    const { store, get } = service
    const { id, headers } = await holder(store, ['*'])
    t.equal((await get('/books', headers)).status, 200)
    await revoke(store, id)
    time += 2_000
    for (const operation of operationsOf(service.document).filter(({ secured }) => secured))
      t.equal((await sendExample(service, operation, headers)).status, 401, operation.at)
  },
  { ...access, clock: () => new Date(time) },
)

let time = Date.parse('2026-06-01T12:00:00Z')

feature(
  'the service documents ask nobody for credentials, and heed none',
  async (t, service) => {
    const open = operationsOf(service.document).filter(({ secured }) => !secured)
    t.strictSame(
      open.map(({ at }) => at).sort(),
      ['GET /', 'GET /.well-known/api-catalog', 'GET /health', 'GET /livez', 'GET /readyz'],
      'and there is nothing else that is open',
    )
    for (const url of [...open.map(({ path }) => path), '/openapi.json', '/openapi.yaml', '/docs', '/docs/'])
      for (const headers of [{}, { authorization: 'Bearer made-up' }])
        t.equal((await service.app.inject({ url, headers })).statusCode, 200, url)
  },
  access,
)

feature(
  'an address that is not there is told to those who may know, and methods to everyone',
  async (t, { get, request, store }) => {
    const { headers } = await holder(store, ['books:read'])
    t.equal((await get('/unicorns')).status, 401)
    t.equal((await get('/unicorns', { authorization: 'Bearer x' })).status, 401)
    t.equal((await get('/unicorns', headers)).status, 404)
    const options = await request('OPTIONS', '/books')
    t.strictSame([options.status, options.headers.allow], [204, 'GET, HEAD, POST, OPTIONS'])
    t.equal((await request('PUT', '/books')).status, 405)
  },
  access,
)

feature(
  'credentials come before everything that is in the request',
  async (t, { request, store }) => {
    const { headers } = await holder(store, ['books:read'])
    const table: [what: string, sent: object][] = [
      ['415', { body: '<a/>', headers: { 'content-type': 'application/xml' } }],
      ['413', { body: 'x'.repeat(1_048_577), headers: { 'content-type': 'application/json' } }],
      ['400', { body: '{', headers: { 'content-type': 'application/json' } }],
      ['406', { json: {}, headers: { accept: 'text/html' } }],
      ['422', { json: {} }],
    ]
    for (const [what, sent] of table) {
      t.equal((await request('POST', '/books', sent)).status, 401, `401 before ${what}`)
      const named = { ...sent, headers: { ...headers, ...(sent as { headers?: object }).headers } }
      t.equal((await request('POST', '/books', named)).status, 403, `403 before ${what}`)
    }
  },
  access,
)

feature(
  'what everyone may read needs no key, and a bad one is told all the same',
  async (t, service) => {
    const { get, post, store } = service
    const reads = operationsOf(service.document).filter(({ path, method }) => method === 'get' && /^\/books/.test(path))
    t.ok(reads.length >= 2)
    for (const operation of reads) {
      t.equal((await sendExample(service, operation)).status, 200, operation.at)
      t.equal((await sendExample(service, operation, { authorization: 'Bearer made-up' })).status, 401, operation.at)
    }
    t.equal((await post('/books', { title: 'A', authors: [{ name: 'B' }] })).status, 401)
    t.equal((await get('/cars')).status, 401)
    const { headers } = await holder(store, ['cars:read'])
    t.equal((await get('/books', headers)).status, 200, 'whatever the key is for')
    t.match((await get('/books', headers)).headers, { 'cache-control': 'private, no-cache' })
    t.match((await get('/books')).headers, { 'cache-control': 'no-cache' })
  },
  { access: { required: true, publicRead: new Set(['books']) } },
)

feature('an open service asks nobody, and its document says so', async (t: Test, { document, get }) => {
  t.ok(operationsOf(document).every((operation: Described) => !operation.secured))
  t.notOk('securitySchemes' in document.components)
  t.equal((await get('/books', { authorization: 'Bearer made-up' })).status, 200)
})
