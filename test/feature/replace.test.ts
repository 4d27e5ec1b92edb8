// PUT of a member: everything that may be written is the body's (RFC 9110 §9.3.4).

import { Type } from '@sinclair/typebox'
import { Ref, type Resource, resource } from '../../src/resource/resource.ts'
import { feature, problemOf } from '../support/service.ts'

const sale = { customer_id: 1, amount: 1, currency: 'EUR', sold_at: '2026-01-01T00:00:00.000Z' }

feature('a member that a body leaves out is null, or its default', async (t, { get, put }) => {
  const replaced = await put('/customers/1', { name: 'Amara', email: 'a@example.com' })
  t.equal(replaced.status, 200)
  t.match(replaced.headers, {
    'content-type': /^application\/json/,
    etag: /^"\d+"$/,
    location: undefined,
  })
  const expected = {
    id: 1,
    name: 'Amara',
    email: 'a@example.com',
    company: null,
    phone: null,
    status: 'lead',
  }
  t.strictSame(replaced.json, expected)
  t.strictSame((await get('/customers/1')).json, expected)
  t.equal((await put('/customers/1', expected)).status, 200, 'nulls may be sent')
})

feature('a body that leaves out what is required changes nothing', async (t, { get, put }) => {
  const before = (await get('/customers/1')).json
  const refused = await put('/customers/1', { company: 'Vinter', since: 2001 })
  t.equal(refused.status, 422)
  t.strictSame(refused.json.errors, [
    { pointer: '#/name', detail: 'is required' },
    { pointer: '#/email', detail: 'is required' },
    { pointer: '#/since', detail: 'is not a known member' },
  ])
  t.strictSame((await get('/customers/1')).json, before)
})

feature(
  'a row that was read is edited and put back, read-only members included',
  async (t, { get, put }) => {
    const { json: transaction } = await get('/transactions/1')
    const edited = { ...transaction, amount: 5 }
    t.strictSame((await put('/transactions/1', edited)).json, edited)

    const withOffset = { ...edited, created_at: '2026-02-03T11:31:07.2150+02:00' }
    t.equal(Date.parse(withOffset.created_at), Date.parse(transaction.created_at))
    t.strictSame((await put('/transactions/1', withOffset)).json, edited)

    const { created_at: _, ...without } = edited
    t.strictSame((await put('/transactions/1', without)).json, edited)
  },
)

feature('a read-only member that is another is refused', async (t, { get, put }) => {
  const { json: transaction } = await get('/transactions/1')
  const refused = await put('/transactions/1', {
    ...transaction,
    amount: 5,
    created_at: '2026-02-03T09:31:07.216Z',
  })
  t.equal(refused.status, 422)
  t.strictSame(refused.json.errors, [{ pointer: '#/created_at', detail: 'is read-only' }])
  t.strictSame((await get('/transactions/1')).json, transaction)
})

feature('the key of the body is that of the address', async (t, { get, put }) => {
  const before = (await get('/customers/1')).json
  const refused = await put('/customers/1', { ...before, id: 2 })
  t.match(problemOf(refused), {
    status: 409,
    detail: 'The id in the body is not the one in the address.',
  })
  t.strictSame(refused.json.errors, [
    { pointer: '#/id', detail: 'must equal 1, as in the address' },
  ])
  t.equal((await put('/users/ada', { username: 'bruno' })).status, 409)
  t.equal((await put('/users/nobody', { username: 'bruno' })).status, 409)
  t.equal((await get('/users/nobody')).status, 404)
  t.strictSame((await get('/customers/1')).json, before)
})

feature('where the server makes the key, nothing is created', async (t, { get, put }) => {
  const body = { name: 'New', email: 'new@example.com' }
  t.equal((await put('/customers/99', body)).status, 404)
  t.equal((await put('/customers/99', { ...body, id: 99 })).status, 404)
  t.equal((await get('/customers/99')).status, 404)
  t.equal((await put('/customers/0', body)).status, 400)
})

const now = '2026-05-06T07:08:09.010Z'

feature(
  'where the client chooses the key, it is created',
  async (t, { get, put }) => {
    const grace = { username: 'grace', name: 'Grace', email: null, bio: null, created_at: now }
    const created = await put('/users/grace/?', { name: 'Grace' })
    t.equal(created.status, 201)
    t.equal(created.headers.location, '/users/grace')
    t.match(created.headers.etag, /^"\d+"$/)
    t.strictSame(created.json, grace)
    t.strictSame((await get('/users/grace')).json, grace)

    const again = await put('/users/grace', { username: 'grace', name: 'Grace' })
    t.equal(again.status, 200)
    t.equal(again.headers.location, undefined)

    const dated = await put('/users/joan', { created_at: now })
    t.equal(dated.status, 422)
    t.strictSame(dated.json.errors, [{ pointer: '#/created_at', detail: 'is read-only' }])
    t.equal((await get('/users/joan')).status, 404)
  },
  { clock: () => new Date(now) },
)

feature('`If-None-Match: *` only creates (RFC 9110 §13.1.2)', async (t, { put }) => {
  t.equal((await put('/users/grace', {}, { 'if-none-match': '*' })).status, 201)
  const refused = await put('/users/grace', { name: 'Grace' }, { 'if-none-match': '*' })
  t.equal(refused.status, 412)
  t.match(refused.headers.etag, /^"\d+"$/)
})

feature(
  'below a parent, the parent of the body is that of the address',
  async (t, { get, put }) => {
    const before = (await get('/sales/1')).json
    const moved = await put('/customers/1/sales/1', { ...sale, customer_id: 2 })
    t.equal(moved.status, 409)
    t.strictSame(moved.json.errors, [
      { pointer: '#/customer_id', detail: 'must equal 1, as in the address' },
    ])
    t.strictSame((await get('/sales/1')).json, before)

    t.equal(
      (await put('/customers/2/sales/1', { ...sale, customer_id: 2 })).status,
      404,
      'not a sale of theirs',
    )
    t.equal((await put('/customers/99/sales/1', { ...sale, customer_id: 99 })).status, 404)
    t.strictSame((await put('/customers/1/sales/1', sale)).json, {
      id: 1,
      ...sale,
      description: null,
    })
    t.equal((await put('/sales/1', { ...sale, customer_id: 2 })).status, 200, 'flat, it may move')
  },
)

const things = resource(
  'things',
  Type.Object({
    id: Type.String({ format: 'uuid' }),
    above: Type.Optional(Ref<string>('things')),
    seen_at: Type.Optional(Type.String({ format: 'date-time', readOnly: true })),
  }),
  { description: 'Things named by UUIDs', key: 'id', parent: 'above' },
) as unknown as Resource

const upper = '8E03978E-40D5-43E8-BC93-6894A57F9324'
const lower = upper.toLowerCase()
const below = '00000000-0000-4000-8000-0000000000ab'

feature(
  'a UUID is the same key in either case (RFC 9562 §4)',
  async (t, service) => {
    const { get, put, patch, post } = service
    const created = await put(`/things/${upper}`, { id: lower })
    t.equal(created.status, 201)
    t.equal(created.headers.location, `/things/${lower}`)
    t.strictSame(created.json, { id: lower, above: null, seen_at: null })
    for (const key of [upper, lower]) {
      t.strictSame((await get(`/things/${key}`)).json, created.json)
      t.equal((await put(`/things/${key}`, { id: upper })).status, 200)
      t.equal((await patch(`/things/${key}`, { id: upper })).status, 200)
    }
    t.equal(
      (await post(`/things/${upper}/things`, { id: below.toUpperCase(), above: upper })).status,
      201,
    )
    t.strictSame((await get(`/things/${upper}/things/${below}`)).json.above, lower)
    t.equal((await service.delete(`/things/${upper}`)).status, 409)
    t.equal((await service.delete(`/things/${below.toUpperCase()}`)).status, 204)
  },
  { resources: [things] },
)

const invoices = resource(
  'invoices',
  Type.Object({
    number: Type.String({ minLength: 1, maxLength: 9 }),
    state: Type.String({ default: 'open', readOnly: true }),
    note: Type.String({ default: '' }),
  }),
  {
    description: 'Invoices',
    key: 'number',
    hooks: { beforeWrite: ({ before, after }) => (before && after ? { state: after.note } : {}) },
  },
)

feature(
  'a read-only member with a default stays as it is where a body leaves it out',
  async (t, { put }) => {
    t.equal((await put('/invoices/A', {})).json.state, 'open')
    t.equal((await put('/invoices/A', { note: 'paid' })).json.state, 'paid')
    const again = await put('/invoices/A', { note: 'closed' })
    t.strictSame([again.status, again.json.state], [200, 'closed'])
    t.equal((await put('/invoices/A', { state: 'open' })).status, 422)
  },
  { resources: [invoices as unknown as Resource] },
)
