// What is stored already stands against a write: unique values, references, children. The answer names the members.

import { Type } from '@sinclair/typebox'
import type { Test } from 'tap'
import { Line, resource } from '../../src/resource/resource.ts'
import { feature, problemOf, type Service } from '../support/service.ts'

const jsonPatch = { 'content-type': 'application/json-patch+json' }
const replace = (path: string, value: unknown) => [{ op: 'replace', path, value }]

const sale = { amount: 1, currency: 'EUR', sold_at: '2026-01-01T00:00:00Z' }
const payment = { amount: 1, currency: 'EUR' }
const customer = { name: 'Amara', email: 'teo@example.com' }
const guest = { event_id: 1, name: 'Ada', email: 'bruno@example.com' }

type Row = [
  method: string,
  url: string,
  body: unknown,
  names: string[],
  headers?: Record<string, string>,
]

interface Says {
  readonly detail: (names: readonly string[]) => RegExp
  readonly of: (member: string) => string
}

const taken: Row[] = [
  ['POST', '/customers', customer, ['email']],
  ['POST', '/customers', { id: 1, name: 'New', email: 'new@example.com' }, ['id']],
  ['POST', '/users', { username: 'ada' }, ['username']],
  ['PUT', '/customers/1', customer, ['email']],
  ['PATCH', '/customers/1', { email: 'teo@example.com' }, ['email']],
  ['PATCH', '/customers/1', replace('/email', 'teo@example.com'), ['email'], jsonPatch],
  ['POST', '/guests', guest, ['event_id', 'email']],
  ['POST', '/events/1/guests', { name: 'Ada', email: 'bruno@example.com' }, ['event_id', 'email']],
  ['PUT', '/guests/1', guest, ['event_id', 'email']],
  ['PUT', '/events/1/guests/1', guest, ['event_id', 'email']],
  ['PATCH', '/guests/1', { email: 'bruno@example.com' }, ['event_id', 'email']],
  ['PATCH', '/events/1/guests/1', { email: 'bruno@example.com' }, ['event_id', 'email']],
  ['PATCH', '/guests/1', { event_id: 2 }, ['event_id', 'email']],
]

/** Sends every request of the table: 409 that says so and names these members; and nothing has changed. */
async function checkRefused(
  t: Test,
  { get, request }: Service,
  table: readonly Row[],
  says: Says,
): Promise<void> {
  const collections = ['/customers', '/users', '/guests', '/sales', '/transactions']
  const state = async () => Promise.all(collections.map(async url => (await get(url)).json))
  const before = await state()
  for (const [method, url, json, names, headers = {}] of table) {
    const answer = await request(method, url, { json, headers })
    const name = `${method} ${url} ${JSON.stringify(json)}`
    t.match(problemOf(answer), { status: 409, detail: says.detail(names) }, name)
    t.strictSame(
      answer.json.errors,
      names.map(member => ({ pointer: `#/${member}`, detail: says.of(member) })),
      name,
    )
  }
  t.strictSame(await state(), before)
}

feature('a value that another has is refused on every way in', async (t, service) =>
  checkRefused(t, service, taken, {
    detail: names =>
      new RegExp(`^There is a (customer|user|guest) with this ${names.join(' and ')} already\\.$`),
    of: () => 'is taken',
  }),
)

const lockers = resource(
  'lockers',
  Type.Object({
    hall: Type.Integer(),
    place: Type.Integer(),
    tag: Type.Optional(Line({ maxLength: 20 })),
    code: Type.Optional(Line({ maxLength: 20 })),
  }),
  {
    description: 'Lockers',
    unique: ['code', ['hall', 'place'], 'tag'],
    sample: [
      { hall: 1, place: 1, tag: 'A', code: 'a' },
      { hall: 1, place: 2, tag: 'B', code: 'b' },
    ],
  },
)

const several: [method: string, url: string, body: object, detail: string, pointers: string[]][] = [
  [
    'POST',
    '/lockers',
    { hall: 1, place: 2, tag: 'A', code: 'c' },
    'hall and place',
    ['hall', 'place', 'tag'],
  ],
  [
    'POST',
    '/lockers',
    { id: 2, hall: 2, place: 2, tag: 'A', code: 'a' },
    'id',
    ['id', 'code', 'tag'],
  ],
  [
    'PUT',
    '/lockers/1',
    { hall: 1, place: 2, tag: 'A', code: 'b' },
    'code',
    ['code', 'hall', 'place'],
  ],
  [
    'PATCH',
    '/lockers/1',
    { place: 2, tag: 'B', code: null },
    'hall and place',
    ['hall', 'place', 'tag'],
  ],
]

feature(
  'every value that others have is named, the key first',
  async (t, { get, request }) => {
    for (const [method, url, json, members, names] of several) {
      const answer = await request(method, url, { json })
      t.match(problemOf(answer), {
        status: 409,
        detail: `There is a locker with this ${members} already.`,
      })
      t.strictSame(
        answer.json.errors,
        names.map(name => ({ pointer: `#/${name}`, detail: 'is taken' })),
        `${method} ${JSON.stringify(json)}`,
      )
    }
    t.equal((await get('/lockers')).json.length, 2)
  },
  { resources: [lockers] },
)

const dangling: Row[] = [
  ['POST', '/sales', { ...sale, customer_id: 99 }, ['customer_id']],
  ['PUT', '/sales/1', { ...sale, customer_id: 99 }, ['customer_id']],
  ['PATCH', '/sales/1', { customer_id: 99 }, ['customer_id']],
  ['PATCH', '/sales/1', replace('/customer_id', 99), ['customer_id'], jsonPatch],
  ['POST', '/transactions', { ...payment, customer_id: 99 }, ['customer_id']],
  ['PUT', '/transactions/1', { ...payment, customer_id: 99 }, ['customer_id']],
  ['PATCH', '/guests/1', { event_id: 99 }, ['event_id']],
]

feature('a reference to what is not there is refused and named', async (t, service) =>
  checkRefused(t, service, dangling, {
    detail: () => /^It refers to something that does not exist\.$/,
    of: () => 'does not exist',
  }),
)

feature(
  'an optional reference may be null, and unique null is nobody’s',
  async (t, { post, patch }) => {
    for (const _ of [1, 2]) {
      const created = await post('/transactions', {
        ...payment,
        customer_id: null,
        reference: null,
      })
      t.equal(created.status, 201)
    }
    t.equal((await patch('/transactions/1', { customer_id: null, reference: null })).status, 200)
  },
)

feature("a row's own unique values are not taken", async (t, { get, put, patch }) => {
  const { json: guest } = await get('/guests/1')
  t.equal((await put('/guests/1', guest)).status, 200)
  t.equal((await patch('/guests/1', { email: guest.email })).status, 200)
})

feature('a row stays as long as others refer to it', async (t, service) => {
  const first = await service.delete('/customers/2')
  t.match(problemOf(first), {
    status: 409,
    detail: 'It cannot be deleted while sales and transactions refer to it.',
  })
  for (const { id } of (await service.get('/customers/2/sales')).json)
    await service.delete(`/sales/${id}`)
  const second = await service.delete('/customers/2')
  t.match(problemOf(second), {
    status: 409,
    detail: 'It cannot be deleted while transactions refer to it.',
  })
  for (const { id } of (await service.get('/transactions?customer_id=2')).json)
    t.equal((await service.delete(`/transactions/${id}`)).status, 204)
  t.equal((await service.delete('/customers/2')).status, 204)
  t.equal((await service.get('/customers/2/sales')).status, 404)
})
