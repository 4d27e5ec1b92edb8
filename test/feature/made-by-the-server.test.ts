// Fields that callers do not set: times, the caller, UUIDs, what only a hook sets; and those that are set once.

import { Type } from '@sinclair/typebox'
import {
  CreatedAt,
  CreatedBy,
  Enum,
  resource,
  UpdatedAt,
  Uuid,
} from '../../src/resource/resource.ts'
import { holder, required } from '../support/access.ts'
import { feature } from '../support/service.ts'

const version7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

let now = Date.parse('2026-05-04T12:00:00.000Z')
const clock = () => new Date(now)
const at = (time: number) => new Date(time).toISOString()

const tickets = resource(
  'tickets',
  Type.Object({
    title: Type.String({ maxLength: 50 }),
    number: Uuid(),
    state: Enum(['open', 'done'], { default: 'open', readOnly: true }),
    length: Type.Integer({ readOnly: true }),
    created_by: CreatedBy(),
    created_at: CreatedAt(),
    updated_at: UpdatedAt(),
  }),
  {
    description: 'All tickets',
    index: ['created_by'],
    unique: ['number'],
    hooks: { beforeWrite: ({ after }) => after && { length: after.title.length } },
  },
)

feature(
  'the server sets times, UUIDs, defaults and what a hook sets, and none of them is ever null',
  async (t, { get, post, put, patch, document }) => {
    const created = await post('/tickets', { title: 'Tap drips' })
    t.match(created.json.number, version7)
    const { number, ...rest } = created.json
    t.strictSame(rest, {
      id: 1,
      title: 'Tap drips',
      state: 'open',
      length: 9,
      created_by: 'open',
      created_at: at(now),
      updated_at: at(now),
    })
    const start = now
    now += 1000
    const patched = await patch('/tickets/1', { title: 'Tap drips again' })
    const changed = { ...created.json, title: 'Tap drips again', length: 15, updated_at: at(now) }
    t.strictSame(patched.json, changed)
    now += 1000
    const replaced = await put('/tickets/1', { ...changed, title: 'Tap' })
    t.strictSame(replaced.json, { ...changed, title: 'Tap', length: 3, updated_at: at(now) })
    t.strictSame((await get('/tickets/1')).json, replaced.json)
    t.equal((await get(`/tickets?updated_at_gt=${at(start)}`)).json.length, 1)
    t.equal((await get(`/tickets?number=${String(number).toUpperCase()}`)).json.length, 1)
    for (const name of ['number', 'state', 'length', 'created_by', 'created_at', 'updated_at']) {
      const { Ticket, TicketCreation, TicketPatch } = document.components.schemas
      t.notHas(TicketCreation?.properties, { [name]: {} }, `${name} is not sent`)
      t.match(JSON.stringify(Ticket?.required), `"${name}"`)
      t.match(TicketPatch?.properties, { [name]: { readOnly: true } })
    }
  },
  { resources: [tickets], clock },
)

feature(
  'none of them can be sent with another value',
  async (t, { post, patch }) => {
    t.equal((await post('/tickets', { title: 'A', created_by: 'key:9' })).status, 422)
    await post('/tickets', { title: 'A' })
    for (const [name, value] of Object.entries({
      number: '8e03978e-40d5-43e8-bc93-6894a57f9324',
      state: 'done',
      length: 2,
      created_by: 'key:9',
      updated_at: '2026-01-01T00:00:00Z',
    })) {
      const refused = await patch('/tickets/1', { [name]: value })
      t.equal(refused.status, 422, name)
      t.strictSame(refused.json.errors, [{ pointer: `#/${name}`, detail: 'is read-only' }])
    }
  },
  { resources: [tickets], clock },
)

feature(
  'a row names the caller who created it, whoever changes it',
  async (t, { store, get, post, patch }) => {
    const scopes = ['tickets:read', 'tickets:write']
    const [ada, bob] = [await holder(store, scopes), await holder(store, scopes)]
    const created = await post('/tickets', { title: 'A' }, ada.headers)
    t.equal(created.json.created_by, `key:${ada.id}`)
    const changed = await patch('/tickets/1', { title: 'B' }, bob.headers)
    t.equal(changed.json.created_by, `key:${ada.id}`)
    const found = async (id: number) =>
      (await get(`/tickets?created_by=key:${id}`, bob.headers)).json.length
    t.strictSame([await found(ada.id), await found(bob.id)], [1, 0])
  },
  { resources: [tickets], access: required },
)

const photos = resource(
  'photos',
  Type.Object({ id: Uuid(), title: Type.Optional(Type.String({ maxLength: 50 })) }),
  { description: 'All photos', key: 'id' },
)

feature(
  'a key that is a UUID is made by the server, or proposed by the caller',
  async (t, { get, post, put, patch, delete: remove }) => {
    const made = await post('/photos', { title: 'One' })
    t.match(made.json.id, version7)
    t.equal(made.headers.location, `/photos/${made.json.id}`)
    t.strictSame((await get(`/photos/${made.json.id}`)).json, made.json)
    const own = '8E03978E-40D5-43E8-BC93-6894A57F9324'
    const proposed = await post('/photos', { id: own, title: 'Mine' })
    t.equal(proposed.status, 201)
    t.equal(proposed.json.id, own.toLowerCase())
    t.equal((await post('/photos', { id: own })).status, 409)
    t.equal((await post('/photos', { id: 'none' })).status, 422)
    t.equal((await patch(`/photos/${own}`, { title: 'Ours' })).json.title, 'Ours')
    t.equal((await put(`/photos/${own}`, { id: own, title: 'Theirs' })).status, 200)
    t.equal((await patch(`/photos/${own}`, { id: made.json.id })).status, 422)
    const none = '01890000-0000-7000-8000-000000000000'
    t.equal((await put(`/photos/${none}`, {})).status, 404, 'PUT creates no row of it')
    t.equal((await remove(`/photos/${own}`)).status, 204)
    t.strictSame((await get('/photos')).json, [made.json])
  },
  { resources: [photos] },
)

feature(
  'keys that the server makes in one moment are in the order of creation, page by page',
  async (t, { get, post }) => {
    const made: string[] = []
    for (let count = 0; count < 12; count++) made.push((await post('/photos', {})).json.id)
    t.strictSame(made, made.toSorted())
    const first = await get('/photos?limit=7')
    const [, next = ''] = /<([^>]+)>; rel="next"/.exec(first.headers.link ?? '') ?? []
    const pages = [...first.json, ...(await get(next)).json]
    t.strictSame(
      pages.map(({ id }: { id: string }) => id),
      made,
    )
  },
  { resources: [photos], clock: () => new Date('2026-05-04T12:00:00.000Z') },
)

const owned = resource('drafts', Type.Object({ id: Uuid() }), {
  description: 'All drafts',
  key: 'id',
  owner: true,
})

feature(
  'where rows have owners, a key that is a UUID cannot be proposed',
  async (t, { post }) => {
    t.equal((await post('/drafts', {})).status, 201)
    t.equal((await post('/drafts', { id: '8e03978e-40d5-43e8-bc93-6894a57f9324' })).status, 422)
  },
  { resources: [owned] },
)

const badges = resource(
  'badges',
  Type.Object({
    code: Type.String({ minLength: 1, maxLength: 9 }),
    kind: Enum(['guest', 'staff'], { fixed: true }),
    holder: Type.Optional(Type.String({ fixed: true, maxLength: 9 })),
    year: Type.Integer({ fixed: true, default: 2026 }),
    note: Type.Optional(Type.String({ maxLength: 9 })),
  }),
  { description: 'All badges', key: 'code' },
)

feature(
  'a fixed field is set at creation and never changed after',
  async (t, { post, put, patch, document }) => {
    const created = await post('/badges', { code: 'a', kind: 'guest', holder: 'Ada' })
    const badge = { code: 'a', kind: 'guest', holder: 'Ada', year: 2026, note: null }
    t.strictSame(created.json, badge)
    const refused = await patch('/badges/a', { kind: 'staff', year: 2027, note: 'x' })
    t.equal(refused.status, 422)
    t.strictSame(refused.json.errors, [
      { pointer: '#/kind', detail: 'cannot be changed after creation' },
      { pointer: '#/year', detail: 'cannot be changed after creation' },
    ])
    t.equal((await patch('/badges/a', { holder: null })).status, 422)
    t.equal((await put('/badges/a', { kind: 'staff' })).status, 422)
    t.strictSame((await put('/badges/a', { ...badge, note: 'x' })).json, { ...badge, note: 'x' })
    t.strictSame((await put('/badges/a', {})).json, badge, 'what is left out is kept')
    t.match(document.components.schemas.BadgePatch?.properties, {
      kind: { description: 'Cannot be changed after creation' },
      year: { description: 'Cannot be changed after creation' },
    })
  },
  { resources: [badges] },
)

feature(
  'a PUT that creates needs the fixed fields, and gives them their defaults',
  async (t, { put }) => {
    const refused = await put('/badges/b', { note: 'x' })
    t.equal(refused.status, 422)
    t.strictSame(refused.json.errors, [{ pointer: '#/kind', detail: 'is required' }])
    const created = await put('/badges/b', { kind: 'staff' })
    t.equal(created.status, 201)
    t.strictSame(created.json, { code: 'b', kind: 'staff', holder: null, year: 2026, note: null })
  },
  { resources: [badges] },
)
