// API keys over HTTP: who administers them makes, finds, rotates and revokes them, and a secret is seen once.

import { Type } from '@sinclair/typebox'
import { recordUse } from '../../src/keys/key-record.ts'
import { type Resource, resource } from '../../src/resource/resource.ts'
import { type Holder, holder, keyTables, required } from '../support/access.ts'
import { checkProblem } from '../support/problem.ts'
import { feature, type Received, type Service } from '../support/service.ts'

let time = Date.parse('2026-06-01T12:00:00Z')
const access = { access: required, clock: () => new Date(time) }

const administrator = ({ store }: Service, ...scopes: string[]): Promise<Holder> =>
  holder(store, ['keys:admin', ...scopes])

const bearer = ({ json }: Received) => ({ authorization: `Bearer ${json.secret}` })

/** All that the database holds of requests and keys. */
async function stored({ store }: Service): Promise<string> {
  const tables = ['keys', 'key_secrets', 'idempotency_records']
  const rows = await Promise.all(
    tables.map(name => store.query({ text: `select * from ${name} order by 1`, values: [] })),
  )
  return JSON.stringify(rows)
}

feature(
  'a new key is answered with its secret, once, and works at once',
  async (t, service) => {
    const { post, get } = service
    const { headers } = await administrator(service, 'books:read')
    const expires_at = new Date(time + 86_400_000).toISOString()
    const wanted = { name: 'Nightly import', scopes: ['books:read'], plan: 'free', expires_at }
    const made = await post('/keys', wanted, headers)
    const { id, secret, prefix, ...others } = made.json
    t.strictSame(others, {
      ...wanted,
      claims: null,
      last_used_at: null,
      created_at: new Date(time).toISOString(),
    })
    t.match(secret, /^rw_live_[0-9A-Za-z]{49}$/)
    t.equal(prefix, secret.slice(0, 14))
    t.strictSame([made.status, made.headers.location], [201, `/keys/${id}`])
    t.equal(made.headers['cache-control'], 'no-store')
    t.equal((await get('/books', bearer(made))).status, 200)
    t.equal((await post('/books', {}, bearer(made))).status, 403, 'and may do no more')
    const { secret: _, ...seen } = made.json
    t.strictSame((await get(`/keys/${id}`, headers)).json, seen)
    t.strictSame(
      (await get(`/keys?prefix=${prefix}`, headers)).json,
      [seen],
      'a leaked one is found by how it begins',
    )
    t.notOk((await stored(service)).includes(secret), 'it is stored nowhere')
    time += 86_400_000
    t.equal((await get('/books', bearer(made))).status, 401, 'until it expires')
  },
  access,
)

feature(
  'a repeated creation makes no second key and tells the secret to nobody',
  async (t, service) => {
    const { post, get, request } = service
    const { headers } = await administrator(service, 'books:read')
    const wanted = { name: 'Once', scopes: ['books:read'] }
    const send = () => post('/keys', wanted, { ...headers, 'idempotency-key': 'one' })
    const [first, second] = [await send(), await send()]
    t.strictSame(
      [first.status, second.status, second.headers['idempotent-replayed']],
      [201, 201, 'true'],
    )
    t.strictSame(second.json, { ...first.json, secret: null })
    t.equal((await get('/keys?name=Once', headers)).json.length, 1)
    t.notOk((await stored(service)).includes(first.json.secret))
    const rotated = await request('POST', `/keys/${first.json.id}/rotate?grace=0`, { headers })
    t.equal((await get('/books', bearer(rotated))).status, 200, 'who has lost it gets another')
    t.equal((await get('/books', bearer(first))).status, 401)
  },
  access,
)

/** What a key sees depends on its claims. */
const orders = resource('orders', Type.Object({ customer_id: Type.Integer() }), {
  description: 'Orders',
  visible: ({ claims }) => claims.staff === true || { customer_id: claims.customer_id },
})

feature(
  'a key says what is known of its holder, and keeps it when it is rotated',
  async (t, service) => {
    const { post, get, request } = service
    const { headers } = await administrator(service, 'orders:read', 'orders:write', 'orders:admin')
    for (const customer_id of [3, 4]) await post('/orders', { customer_id }, headers)
    const claims = { customer_id: 3, name: 'Ada', roles: ['clerk'], shop: { id: 1 } }
    const made = await post('/keys', { name: 'A', scopes: ['orders:read'], claims }, headers)
    t.strictSame([made.status, made.json.claims], [201, claims])
    const rotated = await request('POST', `/keys/${made.json.id}/rotate?grace=0`, { headers })
    t.equal((await get('/orders', bearer(made))).status, 401)
    t.strictSame((await get('/orders', bearer(rotated))).json, [{ id: 1, customer_id: 3 }])
    const without = await post('/keys', { name: 'B', scopes: ['orders:read'] }, headers)
    t.equal((await get('/orders', bearer(without))).text, '[]')
    for (const wrong of [
      'ada',
      [3],
      { ['n'.repeat(101)]: 1 },
      { text: 'x'.repeat(5000) },
      { a: { b: { c: { d: { e: 1 } } } } },
      Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`c${index}`, 1])),
    ])
      checkProblem(
        t,
        JSON.stringify(wrong).slice(0, 60),
        await post('/keys', { name: 'C', scopes: ['orders:read'], claims: wrong }, headers),
        422,
      )
  },
  { ...access, resources: [orders as unknown as Resource] },
)

feature(
  'nobody gives a key claims that show more than they see themselves',
  async (t, service) => {
    const { post, request, store } = service
    const claims = { customer_id: 3 }
    const three = await holder(store, ['keys:admin', 'orders:read'], { claims })
    const staff = await holder(store, ['keys:admin', 'orders:read', 'orders:admin'])
    const make = async ({ headers }: Holder, claims?: object | null) =>
      post(
        '/keys',
        { name: 'A', scopes: ['orders:read'], ...(claims !== undefined && { claims }) },
        headers,
      )
    const made = await make(staff, { customer_id: 4 })
    t.strictSame(
      [made.status, (await make(staff)).status, (await make(three, claims)).status],
      [201, 201, 201],
    )
    for (const other of [
      { customer_id: 4 },
      { customer_id: 3, staff: true },
      {},
      null,
      undefined,
    ]) {
      const refused = await make(three, other)
      checkProblem(t, JSON.stringify(other), refused, 403)
      t.match(refused.headers['www-authenticate'], /scope="orders:admin"/)
    }
    const { headers } = three
    t.equal((await request('POST', `/keys/${made.json.id}/rotate`, { headers })).status, 403)
  },
  { ...access, resources: [orders as unknown as Resource] },
)

feature(
  'nobody gives away more than they have',
  async (t, service) => {
    const { post, request, get, store } = service
    const { headers } = await administrator(service, 'books:read')
    const refuse = (answer: Received, scope: string) => {
      checkProblem(t, scope, answer, 403)
      t.equal(
        answer.headers['www-authenticate'],
        `Bearer realm="api", error="insufficient_scope", scope="${scope}"`,
      )
    }
    const before = await stored(service)
    refuse(await post('/keys', { name: 'A', scopes: ['*'] }, headers), '*')
    const more = { name: 'A', scopes: ['books:read', 'books:write', 'cars:read'] }
    refuse(await post('/keys', more, headers), 'books:write cars:read')
    refuse(
      await post('/keys', more, { ...headers, 'idempotency-key': 'two' }),
      'books:write cars:read',
    )
    t.equal(await stored(service), before, 'nothing was made')
    const strong = await holder(store, ['*'])
    refuse(await request('POST', `/keys/${strong.id}/rotate?grace=0`, { headers }), '*')
    t.equal((await get('/books', strong.headers)).status, 200, 'nor is it ended')
    t.equal((await post('/keys', { name: 'B', scopes: ['*'] }, strong.headers)).status, 201)
    t.equal((await post('/keys', { name: 'C', scopes: ['keys:admin'] }, headers)).status, 201)
  },
  access,
)

feature(
  'a slip of the pen in a scope is told, and ids are made by the server',
  async (t, service) => {
    const { post } = service
    const { headers } = await holder(service.store, ['*'])
    const wrong = await post('/keys', { name: 'A', scopes: ['books:read', 'book:read'] }, headers)
    checkProblem(t, 'scope', wrong, 422)
    t.match(wrong.json.errors, [
      {
        pointer: '#/scopes/1',
        detail: /^must be one of: books:read, .*, keys:admin, service:admin, \*$/,
      },
    ])
    for (const body of [
      { name: 'A', scopes: [] },
      { name: 'A', scopes: ['books:read'], id: 7 },
      { name: 'A', scopes: ['books:read'], prefix: 'rw_live_' },
      { name: 'A', scopes: ['Books:Read'] },
      { scopes: ['*'] },
    ])
      checkProblem(t, JSON.stringify(body), await post('/keys', body, headers), 422)
  },
  access,
)

feature(
  'a rotated key has two secrets until the time of grace is over',
  async (t, service) => {
    const { post, request, get } = service
    const { headers } = await administrator(service, 'books:read')
    const made = await post('/keys', { name: 'A', scopes: ['books:read'] }, headers)
    const rotate = (query: string) =>
      request('POST', `/keys/${made.json.id}/rotate${query}`, { headers })
    const rotated = await rotate('?grace=60')
    t.strictSame([rotated.status, rotated.headers['cache-control']], [200, 'no-store'])
    t.strictSame([rotated.json.id, rotated.json.secret === made.json.secret], [made.json.id, false])
    for (const answer of [made, rotated]) t.equal((await get('/books', bearer(answer))).status, 200)
    time += 60_000
    t.equal((await get('/books', bearer(made))).status, 401)
    t.equal((await get('/books', bearer(rotated))).status, 200)
    const again = await rotate('')
    time += 86_399_000
    t.equal((await get('/books', bearer(rotated))).status, 200, 'a day unless it says otherwise')
    time += 1_000
    t.equal((await get('/books', bearer(rotated))).status, 401)
    t.equal((await get('/books', bearer(again))).status, 200)
    for (const grace of ['-1', '2592001', 'a', '1.5'])
      checkProblem(t, grace, await rotate(`?grace=${grace}`), 400)
    checkProblem(t, 'unknown', await request('POST', '/keys/999/rotate', { headers }), 404)
  },
  access,
)

feature(
  'a key that would be refused at once is not made, and one that has expired is not rotated',
  async (t, service) => {
    const { post, request, get } = service
    const { headers } = await administrator(service, 'books:read')
    const wanted = { name: 'A', scopes: ['books:read'] }
    for (const expires_at of [new Date(time).toISOString(), '2020-01-01T00:00:00+02:00']) {
      const refused = checkProblem(
        t,
        expires_at,
        await post('/keys', { ...wanted, expires_at }, headers),
        422,
      )
      t.strictSame(refused.errors, [{ pointer: '#/expires_at', detail: 'must be in the future' }])
    }
    t.strictSame((await get('/keys?name=A', headers)).json, [])

    const expires_at = new Date(time + 60_000).toISOString()
    const made = await post('/keys', { ...wanted, expires_at }, headers)
    const rotate = () => request('POST', `/keys/${made.json.id}/rotate?grace=3600`, { headers })
    const rotated = await rotate()
    t.equal(rotated.status, 200)
    time += 60_000
    for (const answer of [made, rotated]) t.equal((await get('/books', bearer(answer))).status, 401)
    const refused = checkProblem(t, 'expired', await rotate(), 409)
    t.equal(refused.detail, `This key expired at ${expires_at}. Create another one.`)
    t.equal(
      (await request('DELETE', `/keys/${made.json.id}`, { headers })).status,
      204,
      'it may be revoked',
    )
  },
  access,
)

feature(
  'a rotation that is sent again with its Idempotency-Key makes no third secret and tells the second to nobody',
  async (t, service) => {
    const { post, request, get } = service
    const { headers } = await administrator(service, 'books:read')
    const made = await post('/keys', { name: 'A', scopes: ['books:read'] }, headers)
    const at = `/keys/${made.json.id}/rotate`
    const rotate = (query = '') =>
      request('POST', at + query, { headers: { ...headers, 'idempotency-key': 'one' } })
    const [first, second] = [await rotate('?grace=60'), await rotate('?grace=60')]
    t.strictSame(
      [first.status, second.status, second.headers['idempotent-replayed']],
      [200, 200, 'true'],
    )
    t.strictSame(second.json, { ...first.json, secret: null })
    t.strictSame(
      [second.headers.etag, second.headers['cache-control']],
      [first.headers.etag, 'no-store'],
    )
    t.notOk((await stored(service)).includes(first.json.secret))
    const secrets = await service.store.query({
      text: 'select count(*) from key_secrets',
      values: [],
    })
    t.equal(Number(secrets[0]?.[0]), 3, "the administrator's, and two of the key")
    const other = await rotate('?grace=0')
    checkProblem(t, 'another time of grace is another request', other, 422)
    t.equal((await get('/books', bearer(made))).status, 200, 'which ends nothing')
    t.equal((await get('/books', bearer(first))).status, 200)
  },
  access,
)

feature(
  'using a key does not change its ETag, and no cache keeps what is said of keys',
  async (t, service) => {
    const { get, delete: remove, store } = service
    const { headers } = await administrator(service, 'books:read')
    const used = await holder(store, ['books:read'])
    const at = `/keys/${used.id}`
    const before = await get(at, headers)
    t.equal(before.json.last_used_at, null)
    t.equal((await get('/books', used.headers)).status, 200)
    await store.transact(function* () {
      yield recordUse(keyTables(store.dialect).keys, used.id, new Date(time))
    })
    const after = await get(at, headers)
    t.strictSame(
      [after.json.last_used_at, after.headers.etag],
      [new Date(time).toISOString(), before.headers.etag],
    )
    for (const answer of [after, await get('/keys', headers)])
      t.equal(answer.headers['cache-control'], 'no-store')
    const etag = before.headers.etag ?? ''
    t.equal(
      (await remove(at, { ...headers, 'if-match': etag })).status,
      204,
      'so that it can be revoked by its tag',
    )
  },
  access,
)

feature(
  'who administers keys may revoke one that may do more, and not rotate it',
  async (t, service) => {
    const { request, get, store } = service
    const { headers } = await administrator(service)
    const strong = await holder(store, ['*'])
    checkProblem(t, 'rotate', await request('POST', `/keys/${strong.id}/rotate`, { headers }), 403)
    t.equal((await get('/books', strong.headers)).status, 200)
    t.equal((await request('DELETE', `/keys/${strong.id}`, { headers })).status, 204)
    t.equal((await get('/books', strong.headers)).status, 401)
  },
  access,
)

feature(
  'a revoked key is refused at once and gone for who administers',
  async (t, service) => {
    const { post, get, delete: remove, request } = service
    const { headers } = await administrator(service, 'books:read')
    const made = await post('/keys', { name: 'A', scopes: ['books:read'] }, headers)
    const at = `/keys/${made.json.id}`
    t.equal((await get('/books', bearer(made))).status, 200)
    checkProblem(t, 'precondition', await remove(at, { ...headers, 'if-match': '"0"' }), 412)
    t.equal((await remove(at, { ...headers, 'if-match': made.headers.etag ?? '' })).status, 204)
    t.equal((await get('/books', bearer(made))).status, 401)
    for (const answer of [
      await get(at, headers),
      await remove(at, headers),
      await request('POST', `${at}/rotate`, { headers }),
    ])
      checkProblem(t, 'gone', answer, 404)
  },
  access,
)

feature(
  'keys are for who administers them alone, and are not changed in another way',
  async (t, { store, get, post, request }) => {
    const { headers } = await holder(store, ['books:read', 'books:write', 'books:admin'])
    for (const answer of [
      await get('/keys', headers),
      await get('/keys/1', headers),
      await post('/keys', {}, headers),
    ])
      t.match(answer.headers['www-authenticate'], /scope="keys:admin"/)
    t.equal((await get('/keys')).status, 401)
    t.equal((await request('OPTIONS', '/keys/1')).headers.allow, 'GET, HEAD, DELETE, OPTIONS')
    t.equal((await request('OPTIONS', '/keys/1/rotate')).headers.allow, 'POST, OPTIONS')
  },
  { access: { required: true, publicRead: new Set(['books', 'keys']) } },
)

feature('an open service has no keys to show', async (t, { get, document }) => {
  t.equal((await get('/keys')).status, 404)
  t.notOk('/keys' in document.paths)
})
