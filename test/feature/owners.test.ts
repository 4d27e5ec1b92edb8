// Whose a row is, as a field: callers read it, and those who see all rows give them to others.

import { Type } from '@sinclair/typebox'
import { action, Owner, type Resource, resource } from '../../src/resource/resource.ts'
import { type Holder, holder, required } from '../support/access.ts'
import { feature, type Service } from '../support/service.ts'

const tickets = resource(
  'tickets',
  Type.Object({
    title: Type.String({ maxLength: 40, examples: ['Printer'] }),
    customer: Owner({ description: 'Whose ticket it is' }),
  }),
  {
    description: 'What customers ask for',
    unique: ['title'],
    hooks: {
      beforeWrite: ({ operation, after }) =>
        operation === 'create' && after?.title === 'Gift' ? { customer: 'key:999' } : {},
    },
    actions: {
      pass: action({
        summary: 'Pass a ticket on',
        body: Type.Object({ to: Type.String({ maxLength: 40, examples: ['key:1'] }) }),
        run: ({ body }) => ({ customer: body.to }),
      }),
    },
  },
)

/** One for each caller. */
const profiles = resource(
  'profiles',
  Type.Object({
    name: Type.String({ maxLength: 40, examples: ['Ada'] }),
    owner: Owner({ scope: { read: 'profiles:admin' } }),
  }),
  { description: 'Who callers are', unique: ['owner'], keepDeleted: true, restore: true },
)

const resources = [tickets, profiles] as unknown as readonly Resource[]
const options = { resources, access: required }

interface Scene {
  readonly ada: Holder
  readonly bob: Holder
  readonly staff: Holder
}

const usual = ['tickets:read', 'tickets:write', 'profiles:read', 'profiles:write']

async function scene({ store, post }: Service): Promise<Scene> {
  const [ada, bob] = [await holder(store, usual), await holder(store, usual)]
  const staff = await holder(store, [...usual, 'tickets:admin', 'profiles:admin'])
  for (const { headers } of [ada, bob]) await post('/tickets', { title: 'Printer' }, headers)
  return { ada, bob, staff }
}

const idOf = ({ id }: Holder) => `key:${id}`

feature(
  'a row has the caller who created it as its owner, and each caller reads that',
  async (t, service) => {
    const { ada, bob, staff } = await scene(service)
    const own = { id: 1, title: 'Printer', customer: idOf(ada) }
    t.strictSame((await service.get('/tickets/1', ada.headers)).json, own)
    t.strictSame((await service.get('/tickets', ada.headers)).json, [own])
    t.equal((await service.get('/tickets/1', bob.headers)).status, 404)
    const of = (holder: Holder) => `/tickets?customer=${idOf(holder)}&fields=id&sort=customer`
    t.strictSame((await service.get(of(ada), staff.headers)).json, [{ id: 1 }])
    t.strictSame((await service.get(of(ada), bob.headers)).json, [], 'and there is nothing else')
  },
  options,
)

feature(
  'only those who see all rows say whose a row is',
  async (t, service) => {
    const { ada, bob, staff } = await scene(service)
    const { request, get } = service
    const given = { title: 'Lamp', customer: idOf(bob) }
    const attempts = [
      ['POST', '/tickets', given],
      ['PUT', '/tickets/1', given],
      ['PATCH', '/tickets/1', given],
    ] as const
    for (const [method, url, json] of attempts) {
      const refused = await request(method, url, { json, headers: ada.headers })
      t.equal(refused.status, 403, method)
      t.strictSame(refused.json.errors, [
        { pointer: '#/customer', detail: 'needs the scope tickets:admin' },
      ])
    }
    const same = { title: 'Printer', customer: idOf(ada) }
    for (const method of ['PUT', 'PATCH'])
      t.equal(
        (await request(method, '/tickets/1', { json: same, headers: ada.headers })).status,
        200,
        `${method} of what is so`,
      )
    const own = await service.post('/tickets', { title: 'Lamp', customer: idOf(ada) }, ada.headers)
    t.equal(own.status, 201)
    const created = await service.post('/tickets', given, staff.headers)
    t.strictSame([created.status, created.json.customer], [201, idOf(bob)])
    t.equal((await get(`/tickets/${created.json.id}`, bob.headers)).status, 200)
    t.equal((await get(`/tickets/${created.json.id}`, ada.headers)).status, 404)
  },
  options,
)

feature(
  'a row that is given away is there for its new owner alone',
  async (t, service) => {
    const { ada, bob, staff } = await scene(service)
    const { get, patch, put, post } = service
    const lamp = await post('/tickets', { title: 'Lamp' }, ada.headers)
    const at = `/tickets/${lamp.json.id}`
    t.equal((await patch(at, { customer: idOf(bob) }, staff.headers)).json.customer, idOf(bob))
    t.strictSame(
      [(await get(at, ada.headers)).status, (await get(at, bob.headers)).status],
      [404, 200],
    )
    t.equal((await put(at, { title: 'Lamp' }, staff.headers)).json.customer, idOf(bob), 'it stays')
    const taken = await patch('/tickets/1', { customer: idOf(bob) }, staff.headers)
    t.strictSame(
      [taken.status, taken.json.errors],
      [409, [{ pointer: '#/title', detail: 'is taken' }]],
    )
    for (const customer of [null, '', 7])
      t.equal((await patch(at, { customer }, staff.headers)).status, 422, `not ${customer}`)
  },
  options,
)

feature(
  'code of the service gives rows away; a caller does not create what it would not see',
  async (t, service) => {
    const { ada, bob } = await scene(service)
    const { get, post } = service
    await post('/tickets', { title: 'Lamp' }, ada.headers)
    const passed = await post('/tickets/3/pass', { to: idOf(bob) }, ada.headers)
    t.strictSame([passed.status, passed.json.customer], [200, idOf(bob)])
    t.equal((await get('/tickets/3', ada.headers)).status, 404)
    t.equal((await post('/tickets', { title: 'Gift' }, ada.headers)).status, 403)
    t.equal((await get('/tickets', ada.headers)).json.length, 1)
  },
  options,
)

feature(
  'an owner can be unique, and be hidden from whose row it is',
  async (t, service) => {
    const { ada, bob, staff } = await scene(service)
    const { get, post, request } = service
    for (const { headers } of [ada, bob]) {
      const { status, json } = await post('/profiles', { name: 'Me' }, headers)
      t.strictSame([status, Object.keys(json)], [201, ['id', 'name']])
    }
    const twice = await post('/profiles', { name: 'Me' }, ada.headers)
    t.strictSame(
      [twice.status, twice.json.errors],
      [409, [{ pointer: '#/owner', detail: 'is taken' }]],
    )
    t.strictSame(
      (await get('/profiles?sort=owner', staff.headers)).json.map(
        ({ owner }: { owner: string }) => owner,
      ),
      [idOf(ada), idOf(bob)].sort(),
    )
    await request('DELETE', '/profiles/1', { headers: ada.headers })
    t.equal((await post('/profiles/1/restore', undefined, bob.headers)).status, 404)
    t.equal((await post('/profiles/1/restore', undefined, ada.headers)).status, 200)
  },
  options,
)

feature(
  'where no credentials are asked for, all rows are everybody’s',
  async (t, { get, post }) => {
    t.equal((await post('/tickets', { title: 'Lamp' })).json.customer, 'open')
    t.equal((await post('/tickets', { title: 'Chair', customer: 'key:1' })).status, 201)
    t.equal((await get('/tickets')).json.length, 2)
  },
  { resources },
)

feature(
  'the document says who sets the owner, and no example sets it',
  async (t, { get }) => {
    const { components, paths } = (await get('/openapi.json')).json
    const { TicketCreation: creation, Ticket: ticket } = components.schemas
    t.equal(
      creation.properties.customer.description,
      'Whose ticket it is. Callers write it with the scope `tickets:admin` only',
    )
    t.notOk(creation.required.includes('customer'))
    t.ok(ticket.required.includes('customer'))
    const { example } = paths['/tickets'].post.requestBody.content['application/json']
    t.strictSame(example, { title: 'Printer' })
  },
  options,
)
