// A row and the rows that refer to it are created in one request: an order with its lines.

import { Type } from '@sinclair/typebox'
import t from 'tap'
import { deriveModels } from '../../src/definitions/load.ts'
import {
  Computed,
  extend,
  Line,
  Owner,
  Ref,
  Refusal,
  type Resource,
  resource,
} from '../../src/resource/resource.ts'
import { holder, required } from '../support/access.ts'
import { limitsOf, TestClock } from '../support/limits.ts'
import { feature, problemOf, type Service } from '../support/service.ts'

const text = () => Line({ minLength: 1, maxLength: 50, examples: ['A'] })
const count = () => Type.Integer({ minimum: 1, maximum: 99, examples: [2] })

const products = resource(
  'products',
  Type.Object({ name: text(), stock: Type.Integer({ minimum: 0, examples: [9] }) }),
  {
    description: 'What is sold',
    sample: [
      { name: 'Pen', stock: 5 },
      { name: 'Book', stock: 3 },
    ],
  },
)
const orders = resource(
  'orders',
  Type.Object({
    code: Type.Optional(text()),
    total: Type.Integer({ default: 0, readOnly: true }),
  }),
  {
    description: 'What was ordered',
    unique: ['code'],
    children: { lines: 'order-lines', notes: 'notes' },
  },
)
const orderLines = resource(
  'order-lines',
  Type.Object({
    order_id: Ref('orders', { onDelete: 'cascade', examples: [1] }),
    product_id: Ref('products', { examples: [1] }),
    quantity: count(),
  }),
  {
    description: 'What they consist of',
    parent: 'order_id',
    unique: [['order_id', 'product_id']],
    computed: { double: Computed(Type.Integer(), row => 2 * row.quantity) },
  },
)
extend(orderLines, {
  hooks: {
    *beforeWrite({ after, db }) {
      if (after === undefined) return {}
      const product = yield* db.lock(products, after.product_id)
      if (product.stock < after.quantity)
        throw new Refusal(409, `There are ${product.stock} left.`, 'quantity')
      yield* db.change(products, product.id, { stock: product.stock - after.quantity })
      const order = yield* db.lock(orders, after.order_id)
      yield* db.change(orders, order.id, { total: order.total + after.quantity })
      return {}
    },
  },
})
const notes = resource(
  'notes',
  Type.Object({
    order_id: Ref('orders', { examples: [1] }),
    words: text(),
    secret: Type.Optional(Line({ maxLength: 9, scope: 'notes:secret', examples: ['A'] })),
    by: Owner(),
  }),
  { description: 'What somebody noted', listed: ['id', 'words', 'by'] },
)
const resources = [products, orders, orderLines, notes] as readonly object[] as Resource[]

const line = (product_id: number, quantity: number) => ({ product_id, quantity })

feature(
  'a row is created with those that refer to it, and returned as it would be read with them',
  async (t, { get, post }) => {
    const body = { code: 'x', lines: [line(2, 1), line(1, 2)], notes: [{ words: 'quick' }] }
    const made = await post('/orders', body)
    t.equal(made.status, 201)
    t.strictSame(made.json, {
      id: 1,
      code: 'x',
      total: 3,
      lines: {
        items: [
          { id: 1, order_id: 1, product_id: 2, quantity: 1, double: 2 },
          { id: 2, order_id: 1, product_id: 1, quantity: 2, double: 4 },
        ],
        more: false,
      },
      notes: { items: [{ id: 1, words: 'quick', by: 'open' }], more: false },
    })
    t.equal(made.headers.location, '/orders/1')
    t.equal(made.headers['content-location'], '/orders/1?include=lines,notes')
    const read = await get('/orders/1?include=lines,notes')
    t.strictSame(read.json, made.json)
    t.equal(read.headers.etag, made.headers.etag)
    t.match((await get('/products')).json, [{ stock: 3 }, { stock: 2 }])
    const none = await post('/orders', { lines: [] })
    t.strictSame(none.json, {
      id: 2,
      code: null,
      total: 0,
      lines: { items: [], more: false },
    })
    t.strictSame((await post('/orders', {})).json, { id: 3, code: null, total: 0 })
    const minimal = await post('/orders', { notes: [{ words: 'a' }] }, { prefer: 'return=minimal' })
    t.match(minimal, { status: 201, text: '', headers: { location: '/orders/4' } })
    t.equal((await get('/notes?order_id=4')).json.length, 1)
    const [first] = (await get('/orders?include=lines&fields=id')).json
    t.equal(first.lines.items.length, 2, 'also of a list')
  },
  { resources },
)

feature(
  'what is wrong with one of them is told at its place, and nothing is stored',
  async (t, { get, post, request, patch }: Service) => {
    const many = Array.from({ length: 101 }, () => ({ words: 'a' }))
    const table: [body: object, status: number, errors: object[]][] = [
      [{ lines: [line(1, 1), line(2, 0)] }, 422, [{ pointer: '#/lines/1/quantity' }]],
      [
        { lines: [{ product_id: 1 }] },
        422,
        [{ pointer: '#/lines/0/quantity', detail: 'is required' }],
      ],
      [
        { lines: [{ ...line(1, 1), order_id: 1 }] },
        422,
        [{ pointer: '#/lines/0/order_id', detail: /is not a known member/ }],
      ],
      [{ lines: 'a' }, 422, [{ pointer: '#/lines' }]],
      [{ lines: null }, 422, [{ pointer: '#/lines' }]],
      [{ notes: many }, 422, [{ pointer: '#/notes' }]],
      [{ lines: [line(1, 1), line(9, 1)] }, 409, [{ pointer: '#/lines/1/product_id' }]],
      [
        { lines: [line(1, 4), line(2, 4)] },
        409,
        [{ pointer: '#/lines/1/quantity', detail: 'There are 3 left.' }],
      ],
      [
        { lines: [line(1, 1), line(1, 1)] },
        409,
        [
          { pointer: '#/lines/1/order_id' },
          { pointer: '#/lines/1/product_id', detail: 'is taken' },
        ],
      ],
    ]
    for (const [body, status, errors] of table) {
      const answer = await post('/orders', body)
      t.match(
        [answer.status, problemOf(answer).errors],
        [status, errors],
        JSON.stringify(body).slice(0, 80),
      )
    }
    t.strictSame((await get('/orders')).json, [])
    t.match((await get('/products')).json, [{ stock: 5 }, { stock: 3 }])
    const lines = await request('POST', '/orders', {
      headers: { 'content-type': 'application/x-ndjson' },
      body: '{"code":"a"}\n{"code":"b","lines":[]}\n',
    })
    t.match([lines.status, problemOf(lines).errors], [422, [{ line: 2, pointer: '#/lines' }]])
    const made = await post('/orders', { code: 'c' })
    t.equal((await patch(`/orders/${made.json.id}`, { lines: [] })).status, 422, 'not in a change')
  },
  { resources },
)

feature(
  'a repetition creates nothing again, and a row that is there is skipped with them or refused',
  async (t, { get, post }) => {
    const headers = { 'idempotency-key': 'one' }
    const body = { code: 'x', lines: [line(1, 1)] }
    const first = await post('/orders', body, headers)
    const second = await post('/orders', body, headers)
    t.equal(second.headers['idempotent-replayed'], 'true')
    t.strictSame(second.json, first.json)
    t.equal((await post('/orders?on_duplicate=skip', body)).status, 200)
    const replaced = await post('/orders?on_duplicate=replace', body)
    t.match([replaced.status, problemOf(replaced).errors], [409, [{ pointer: '#/lines' }]])
    t.equal((await post('/orders?on_duplicate=replace', { code: 'x', lines: [] })).status, 200)
    t.equal((await get('/order-lines')).json.length, 1)
  },
  { resources },
)

feature(
  'each of them needs its scopes, and belongs to its creator',
  async (t, { get, post, store }) => {
    const orderScopes = ['orders:read', 'orders:write']
    const [ann, few] = await Promise.all([
      holder(store, [...orderScopes, 'notes:read', 'notes:write']),
      holder(store, orderScopes),
    ])
    const body = { notes: [{ words: 'mine' }] }
    const refused = await post('/orders', body, few.headers)
    t.equal(refused.status, 403)
    t.match(refused.headers['www-authenticate'], 'scope="notes:write"')
    t.match(problemOf(refused).errors, [{ pointer: '#/notes' }])
    t.equal((await post('/orders', { notes: [] }, few.headers)).status, 201)
    const secret = { notes: [{ words: 'a' }, { words: 'b', secret: 'c' }] }
    const denied = await post('/orders', secret, ann.headers)
    t.match([denied.status, problemOf(denied).errors], [403, [{ pointer: '#/notes/1/secret' }]])
    const made = await post('/orders', body, ann.headers)
    const [note] = made.json.notes.items
    t.strictSame((await get(`/notes/${note.id}`, ann.headers)).json.by, note.by)
    const ben = await holder(store, ['notes:read'])
    t.equal((await get(`/notes/${note.id}`, ben.headers)).status, 404)
    t.equal((await get('/orders', ann.headers)).json.length, 2, 'nothing of what was refused')
  },
  { resources, access: required },
)

feature(
  'each of them counts as a row',
  async (t, { get, post }) => {
    const five = { notes: Array.from({ length: 5 }, () => ({ words: 'a' })) }
    const answer = await post('/orders', five)
    t.match(answer, { status: 201, headers: { ratelimit: /r=4/ } })
    t.equal((await post('/orders', five)).status, 429)
    t.equal((await get('/orders')).json.length, 1)
  },
  {
    resources,
    limits: () => limitsOf({ anonymous: { requests_per_minute: 10 } }, new TestClock()),
  },
)

t.test('what cannot be created with a row is a mistake in the definition', async t => {
  const lines = (options = {}) =>
    resource('lines', Type.Object({ order_id: Ref('orders'), words: text() }), {
      description: 'Lines',
      ...options,
    })
  const table: [children: Record<string, string>, mistake: string, others?: object][] = [
    [{ rows: 'line' }, "'line', but there is no such resource; did you mean 'lines'?"],
    [{ rows: 'others' }, "'others', but others refer to orders by no field"],
    [{ rows: 'twice' }, "'twice', but twice refer to orders by several fields"],
    [{ 'my-rows': 'lines' }, 'must be letters, digits and _'],
    [{ words: 'lines' }, 'words are taken'],
    [{ rows: 'lines' }, "'lines', but lines are without create", lines({ without: ['create'] })],
  ]
  for (const [children, mistake, own = lines()] of table) {
    const defined = [
      resource('orders', Type.Object({ words: text() }), { description: 'Orders', children }),
      own,
      resource('others', Type.Object({ words: text() }), { description: 'Others' }),
      resource('twice', Type.Object({ one: Ref('orders'), other: Ref('orders') }), {
        description: 'Twice',
        singular: 'two',
      }),
    ].map(resource => ({ file: 'schemas/x.ts', resource: resource as object as Resource }))
    const { message } = t.throws(() => deriveModels(defined)) as Error
    t.match(message, mistake)
  }
})
