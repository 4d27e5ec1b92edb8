// Rules over several rows hold, however many callers come at once and whether or not the hooks lock what they read.

import { Type } from '@sinclair/typebox'
import { extend, Ref, Refusal, type Resource, resource } from '../../src/resource/resource.ts'
import { feature, problemOf, type Received } from '../support/service.ts'

const racers = 60

/** How many answers have each status. */
function statuses(answers: readonly Received[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

/** Sends as many requests at once as there are racers. */
function race(send: (racer: number) => Promise<Received>): Promise<Received[]> {
  return Promise.all(Array.from({ length: racers }, (_, racer) => send(racer)))
}

const own = (...resources: readonly object[]) => ({
  resources: resources as readonly Resource[],
})

/** Issues have numbers within their project, which the highest one so far gives, without any lock. */
const projects = resource('projects', Type.Object({ name: Type.String({ maxLength: 40 }) }), {
  description: 'Projects',
})
const issues = resource(
  'issues',
  Type.Object({
    project_id: Ref('projects'),
    number: Type.Optional(Type.Integer({ readOnly: true })),
  }),
  { description: 'Issues', unique: [['project_id', 'number']] },
)
extend(issues, {
  hooks: {
    *beforeWrite({ operation, after, db }) {
      if (operation !== 'create') return
      const [last] = yield* db.list(issues, {
        project_id: after.project_id,
        sort: '-number',
        limit: 1,
      })
      return { number: (last?.number ?? 0) + 1 }
    },
  },
})

feature(
  'sixty issues at once get the numbers from 1 to 60 of their project, though nothing is locked',
  async (t, { post, get }) => {
    for (const name of ['a', 'b']) await post('/projects', { name })
    const answers = await race(racer => post('/issues', { project_id: 1 + (racer % 2) }))
    t.strictSame(statuses(answers), { 201: racers })
    for (const project of [1, 2]) {
      const { json } = await get(`/issues?project_id=${project}&limit=100&sort=number`)
      t.strictSame(
        json.map(({ number }: { number: number }) => number),
        Array.from({ length: racers / 2 }, (_, index) => index + 1),
      )
    }
  },
  own(projects, issues),
)

/** The last number is in the project's row, which is locked. */
const series = resource('series', Type.Object({ last: Type.Integer({ default: 0 }) }), {
  description: 'Series of numbers',
  singular: 'serie',
})
const tickets = resource(
  'tickets',
  Type.Object({
    serie_id: Ref('series'),
    number: Type.Optional(Type.Integer({ readOnly: true })),
  }),
  {
    description: 'Tickets',
    hooks: {
      *beforeWrite({ operation, after, db }) {
        if (operation !== 'create') return
        const { id, last } = yield* db.lock(series, after.serie_id)
        yield* db.change(series, id, { last: last + 1 })
        return { number: last + 1 }
      },
    },
  },
)

feature(
  'sixty tickets at once get the numbers from 1 to 60, by a row that each of them locks and changes',
  async (t, { post, get }) => {
    const first = await post('/series', {})
    t.strictSame(statuses(await race(() => post('/tickets', { serie_id: 1 }))), { 201: racers })
    const { json } = await get('/tickets?limit=100&sort=number')
    t.strictSame(
      json.map(({ number }: { number: number }) => number),
      Array.from({ length: racers }, (_, index) => index + 1),
    )
    const last = await get('/series/1')
    t.equal(last.json.last, racers)
    t.not(last.headers.etag, first.headers.etag, 'a row that a hook changes has another revision')
  },
  own(series, tickets),
)

const products = resource('products', Type.Object({ stock: Type.Integer({ minimum: 0 }) }), {
  description: 'Products',
})
const lines = resource(
  'lines',
  Type.Object({ product_id: Ref('products'), quantity: Type.Integer({ minimum: 1 }) }),
  {
    description: 'Order lines',
    hooks: {
      *beforeWrite({ before, after, db }) {
        if (before !== undefined) {
          const { id, stock } = yield* db.read(products, before.product_id)
          yield* db.change(products, id, { stock: stock + before.quantity })
        }
        if (after === undefined) return
        const { id, stock } = yield* db.read(products, after.product_id)
        if (stock < after.quantity) throw new Refusal(409, 'Out of stock.', 'quantity')
        yield* db.change(products, id, { stock: stock - after.quantity })
      },
    },
  },
)

feature(
  'a stock that sixty want at once never goes below zero, and what is given back is there again',
  async (t, service) => {
    const { post, get, patch } = service
    await post('/products', { stock: 40 })
    const answers = await race(() => post('/lines', { product_id: 1, quantity: 1 }))
    t.strictSame(statuses(answers), { 201: 40, 409: 20 })
    t.strictSame((await get('/products/1')).json, { id: 1, stock: 0 })
    t.match(problemOf(answers.find(({ status }) => status === 409) as Received), {
      detail: 'Out of stock.',
      errors: [{ pointer: '#/quantity', detail: 'Out of stock.' }],
    })
    const { json } = await get('/lines?limit=3')
    t.equal((await service.delete(`/lines/${json[0].id}`)).status, 204)
    t.equal((await patch(`/lines/${json[1].id}`, { quantity: 2 })).status, 200)
    t.equal((await patch(`/lines/${json[2].id}`, { quantity: 2 })).status, 409)
    t.strictSame((await get('/products/1')).json.stock, 0)
  },
  own(products, lines),
)

const rooms = resource('rooms', Type.Object({ name: Type.String({ maxLength: 40 }) }), {
  description: 'Rooms',
})
const bookings = resource(
  'bookings',
  Type.Object({
    room_id: Ref('rooms'),
    starts_at: Type.String({ format: 'date-time' }),
    ends_at: Type.String({ format: 'date-time' }),
  }),
  { description: 'Bookings', index: [['room_id', 'starts_at']] },
)
extend(bookings, {
  hooks: {
    *beforeWrite({ before, after, db }) {
      if (after === undefined) return
      const { room_id, starts_at, ends_at } = after
      const others = yield* db.list(bookings, {
        room_id,
        starts_at_lt: ends_at,
        ends_at_gt: starts_at,
      })
      if (others.some(({ id }) => id !== before?.id))
        throw new Refusal(409, 'The room is taken then.', 'starts_at')
    },
  },
})

const hour = (from: number, to = from + 1, room_id = 1) => ({
  room_id,
  starts_at: `2026-05-01T${String(from).padStart(2, '0')}:00:00Z`,
  ends_at: `2026-05-01T${String(to).padStart(2, '0')}:00:00Z`,
})

feature(
  'bookings of sixty at once never overlap, nor do those that are moved',
  async (t, { post, get, patch }) => {
    for (const name of ['a', 'b']) await post('/rooms', { name })
    const same = await race(() => post('/bookings', hour(9)))
    t.strictSame(statuses(same), { 201: 1, 409: racers - 1 })
    const many = await race(racer =>
      post('/bookings', hour(racer % 10, (racer % 10) + 1 + (racer % 3), 2)),
    )
    const { json } = await get('/bookings?room_id=2&sort=starts_at&limit=100')
    t.equal(json.length, statuses(many)[201])
    for (const [index, { starts_at }] of json.entries())
      t.ok(index === 0 || json[index - 1].ends_at <= starts_at, starts_at)
    t.equal((await post('/bookings', hour(12))).status, 201)
    // One that was refused may have had the first id.
    const booked = `/bookings/${same.find(({ status }) => status === 201)?.json.id}`
    t.equal((await patch(booked, hour(10, 12))).status, 200, 'its own time is no other')
    t.equal((await patch(booked, hour(10, 13))).status, 409)
  },
  own(rooms, bookings),
)
