// Actions and views of a definition: changes with a name, and what is computed for readers.

import { Type } from '@sinclair/typebox'
import { pino } from 'pino'
import t from 'tap'
import {
  action,
  Enum,
  extend,
  Ref,
  Refusal,
  type Resource,
  resource,
  sql,
  view,
} from '../../src/resource/resource.ts'
import { modelOf } from '../support/model.ts'
import { feature, problemOf } from '../support/service.ts'

const messages: string[] = []
const logger = pino({ level: 'info' }, { write: line => void messages.push(JSON.parse(line).msg) })

const products = resource('products', Type.Object({ stock: Type.Integer({ minimum: 0 }) }), {
  description: 'Products',
})
const orders = resource(
  'orders',
  Type.Object({
    status: Enum(['open', 'cancelled', 'archived'], { default: 'open', readOnly: true }),
    reason: Type.Optional(Type.String({ maxLength: 40, readOnly: true })),
    product_id: Ref('products'),
    quantity: Type.Integer({ minimum: 1 }),
  }),
  { description: 'Orders' },
)
extend(orders, {
  actions: {
    cancel: action({
      summary: 'Cancel an order',
      description: 'What was ordered is in stock again.',
      body: Type.Object({
        reason: Type.String({ minLength: 1, maxLength: 20, examples: ['Changed my mind'] }),
        loud: Type.Boolean({ default: false }),
      }),
      *run({ row, body, db }) {
        if (row.status !== 'open')
          throw new Refusal(409, 'Only an open order can be cancelled.', 'status')
        const { id, stock } = yield* db.lock(products, row.product_id)
        yield* db.change(products, id, { stock: stock + row.quantity })
        return { status: 'cancelled', reason: body.loud ? body.reason.toUpperCase() : body.reason }
      },
    }),
    touch: action({ summary: 'Touch an order', run: () => {} }),
    quote: action({
      summary: 'Quote an order',
      response: Type.Object({ total: Type.Integer() }),
      run: ({ row }) => ({ total: row.quantity * 100 }),
    }),
    'archive-all': action({
      on: 'collection',
      summary: 'Archive the orders',
      response: Type.Object({ archived: Type.Integer() }),
      scope: 'orders:admin',
      *run({ db }) {
        const open = yield* db.list(orders, { status: ['open', 'cancelled'] })
        for (const { id } of open) yield* db.change(orders, id, { status: 'archived' })
        return { archived: open.length }
      },
    }),
    forget: action({
      on: 'collection',
      summary: 'Forget the orders',
      *run({ db }) {
        for (const { id } of yield* db.list(orders)) yield* db.remove(orders, id)
      },
    }),
    loose: action({
      on: 'collection',
      summary: 'Return what nothing is said of',
      run: () => JSON.parse('{ "n": 1 }'),
    }),
    wrong: action({
      summary: 'Do it wrongly',
      body: Type.Object({ how: Enum(['type', 'name', 'throw', 'value']) }),
      run: ({ body }) => {
        if (body.how === 'throw') throw new Error('of the action')
        if (body.how === 'type') return { quantity: 0 }
        return (body.how === 'name' ? { quantitee: 1 } : 'done') as object
      },
    }),
  },
  views: {
    large: view({
      on: 'collection',
      summary: 'Large orders',
      parameters: Type.Object({
        least: Type.Integer({ minimum: 1, examples: [3] }),
        status: Type.Array(Enum(['open', 'cancelled', 'archived']), { default: ['open'] }),
      }),
      response: Type.Array(Type.Object({ id: Type.Integer(), quantity: Type.Integer() })),
      *run({ parameters, db }) {
        const { least, status } = parameters
        const found = yield* db.list(orders, { quantity_gte: least, status, sort: '-quantity' })
        return found.map(({ id, quantity }) => ({ id, quantity }))
      },
    }),
    weight: view({
      summary: 'The weight of an order',
      response: Type.Object({ grams: Type.Integer(), orders: Type.Integer() }),
      *run({ row, db }) {
        const [[count] = []] = yield* db.query(sql`select count(*) from orders`)
        const product = yield* db.read(products, row.product_id)
        return { grams: row.quantity * product.id, orders: Number(count) }
      },
    }),
    writing: view({
      summary: 'A view that would write',
      response: Type.Object({}),
      *run({ row, db }) {
        yield* db.query(sql`update orders set quantity = 9 where id = ${row.id}`)
        return {}
      },
    }),
    odd: view({
      summary: 'A view that returns something else',
      response: Type.Object({ n: Type.Integer() }),
      run: () => ({ n: 1.5 }),
    }),
  },
})

const own = { resources: [products, orders] as unknown as readonly Resource[], logger }

t.test('a mistake in an action or a view stops the start', async t => {
  const good = { summary: 'Close', run: () => {} }
  const told = (options: object, key?: string) => {
    const fields = { code: Type.String({ minLength: 1, maxLength: 20 }), n: Type.Integer() }
    const given = { description: 'Things', ...(key && { key }), ...options }
    try {
      modelOf(resource('things', Type.Object(fields), given as never))
      return 'nothing'
    } catch (error) {
      return (error as Error).message.split('\n  ').slice(1).join('; ')
    }
  }
  const table: [options: object, told: string | RegExp, key?: string][] = [
    [{ actions: { close: good } }, 'nothing'],
    [{ actions: [good] }, 'actions must be an object of actions by their names'],
    [{ actions: { Close: good } }, 'actions Close must be lower-case letters, digits, - and _'],
    [{ actions: { close: { run: () => {} } } }, 'actions close needs summary'],
    [{ actions: { close: { ...good, bodi: {} } } }, "not known in an action; did you mean 'body'?"],
    [{ actions: { close: { ...good, on: 'row' } } }, "close on must be 'member' or 'collection'"],
    [{ actions: { close: { ...good, body: { x: 1 } } } }, 'close body must be a Type.Object({…})'],
    [
      { actions: { close: { ...good, body: Type.Object({ why: Type.Date() }) } } },
      /schemas\/things\.ts: close\.why must be/,
    ],
    [
      { views: { sum: { ...good, response: Type.Integer() } } },
      'views sum response must be a Type.Object({…}) or a Type.Array(Type.Object({…}))',
    ],
    [{ views: { sum: good } }, 'views sum needs response'],
    [
      { actions: { close: { ...good, on: 'collection' } } },
      "'close' on the collection has the address of a row whose code is 'close'",
      'code',
    ],
  ]
  for (const [options, expected, key] of table) {
    const mistake = told(options, key)
    if (typeof expected === 'string') t.ok(mistake.includes(expected), `${mistake} ⊇ ${expected}`)
    else t.match(mistake, expected)
  }
  const twice = resource('things', Type.Object({ n: Type.Integer() }), {
    description: 'Things',
    actions: { close: action(good) },
  })
  extend(twice, { actions: { open: action(good) } })
  t.throws(() => modelOf(twice), /schemas\/things\.ts: has actions twice/)
})

feature(
  'an action changes its row and others in one transaction, and answers with the row',
  async (t, { get, post }) => {
    await post('/products', { stock: 5 })
    const { headers } = await post('/orders', { product_id: 1, quantity: 2 })
    const cancelled = await post('/orders/1/cancel', { reason: 'late' })
    t.equal(cancelled.status, 200)
    const row = { id: 1, status: 'cancelled', reason: 'late', product_id: 1, quantity: 2 }
    t.strictSame(cancelled.json, row)
    t.equal(cancelled.headers['content-location'], '/orders/1')
    t.not(cancelled.headers.etag, headers.etag)
    const read = await get('/orders/1')
    t.strictSame(read.json, row)
    t.equal(read.headers.etag, cancelled.headers.etag)
    t.equal((await get('/products/1')).json.stock, 7)
    t.match(problemOf(await post('/orders/1/cancel', { reason: 'again' })), {
      status: 409,
      detail: 'Only an open order can be cancelled.',
      errors: [{ pointer: '#/status', detail: 'Only an open order can be cancelled.' }],
    })
    t.equal((await get('/products/1')).json.stock, 7)
    t.equal((await post('/orders/9/cancel', { reason: 'late' })).status, 404)
    t.equal((await post('/orders/x/cancel', { reason: 'late' })).status, 400)
    const wrong = await post('/orders/1/cancel', { reason: '', loud: 'yes', more: 1 })
    t.equal(wrong.status, 422)
    t.strictSame(wrong.json.errors.map(({ pointer }: { pointer: string }) => pointer).sort(), [
      '#/loud',
      '#/more',
      '#/reason',
    ])
  },
  own,
)

feature(
  'If-Match, Idempotency-Key and Prefer hold for an action as for every write',
  async (t, { get, post, request }) => {
    await post('/products', { stock: 0 })
    const { headers } = await post('/orders', { product_id: 1, quantity: 2 })
    const reason = { reason: 'late', loud: true }
    const outdated = await post('/orders/1/cancel', reason, { 'if-match': '"0"' })
    t.equal(outdated.status, 412)
    const key = { 'idempotency-key': 'once', 'if-match': String(headers.etag) }
    const first = await post('/orders/1/cancel', reason, key)
    t.equal(first.json.reason, 'LATE')
    const replayed = await post('/orders/1/cancel', reason, key)
    t.equal(replayed.headers['idempotent-replayed'], 'true')
    t.strictSame(replayed.json, first.json)
    t.equal((await get('/products/1')).json.stock, 2)
    t.equal((await post('/orders/1/cancel', { reason: 'other' }, key)).status, 422)
    const touched = await request('POST', '/orders/1/touch', {
      headers: { prefer: 'return=minimal' },
    })
    t.strictSame([touched.status, touched.text], [204, ''])
    t.equal((await get('/orders/1')).headers.etag, first.headers.etag, 'nothing was changed')
    const both = await Promise.all([
      post('/orders/1/cancel', reason, { 'idempotency-key': 'x' }),
      post('/orders/1/cancel', reason, { 'idempotency-key': 'x' }),
    ])
    t.ok(both.every(({ status }) => status === 409))
  },
  own,
)

feature(
  'an action may return something else, and be one of the whole collection',
  async (t, { get, post, request }) => {
    await post('/products', { stock: 0 })
    for (const quantity of [2, 3]) await post('/orders', { product_id: 1, quantity })
    t.strictSame((await request('POST', '/orders/2/quote')).json, { total: 300 })
    t.strictSame((await request('POST', '/orders/archive-all')).json, { archived: 2 })
    t.equal((await get('/orders?status=archived')).json.length, 2)
    const forgotten = await request('POST', '/v1/orders/forget')
    t.strictSame([forgotten.status, forgotten.text], [204, ''])
    t.strictSame((await get('/orders')).json, [])
    const other = await request('GET', '/orders/forget')
    t.equal(other.status, 405)
    t.equal(other.headers.allow, 'POST, OPTIONS')
  },
  own,
)

feature(
  'a view reads with parameters, and what it returns is checked',
  async (t, { get, post, request }) => {
    await post('/products', { stock: 0 })
    for (const quantity of [2, 3, 4]) await post('/orders', { product_id: 1, quantity })
    await post('/orders/3/cancel', { reason: 'late' })
    t.strictSame((await get('/orders/large?least=3')).json, [{ id: 2, quantity: 3 }])
    t.strictSame((await get('/orders/large?least=3&status=open&status=cancelled')).json, [
      { id: 3, quantity: 4 },
      { id: 2, quantity: 3 },
    ])
    for (const query of ['', '?least=0', '?least=x', '?least=3&status=lost', '?least=3&more=1'])
      t.equal((await get(`/orders/large${query}`)).status, 400, query)
    t.strictSame((await get('/orders/2/weight')).json, { grams: 3, orders: 3 })
    t.equal((await request('HEAD', '/orders/2/weight')).status, 200)
    t.equal((await get('/orders/9/weight')).status, 404)

    const before = await get('/orders/1')
    for (const [path, told] of [
      ['writing', /^in the view 'writing' of schemas\/orders\.ts.*: a query may only read/],
      ['odd', /^in the view 'odd' of schemas\/orders\.ts: it returned what its response does not/],
    ] as const) {
      messages.length = 0
      t.equal((await get(`/orders/1/${path}`)).status, 500)
      t.match(messages.at(-1), told)
    }
    t.equal((await get('/orders/1')).headers.etag, before.headers.etag)
    t.equal((await post('/orders', { product_id: 1, quantity: 1 })).status, 201)
  },
  own,
)

feature(
  'what an action does wrong is a fault of its code, and nothing is stored',
  async (t, { get, post }) => {
    await post('/products', { stock: 0 })
    const { headers } = await post('/orders', { product_id: 1, quantity: 2 })
    const faults = {
      throw: /at test\/feature\/actions\.test\.ts:\d+:\d+: of the action$/,
      type: /: an order cannot be changed like this: quantity must be >= 1$/,
      name: /quantitee is not a known member; did you mean 'quantity'\?$/,
      value: /it returned "done"; return what changes of the row, or nothing$/,
    }
    for (const [how, told] of Object.entries(faults)) {
      messages.length = 0
      t.equal((await post('/orders/1/wrong', { how })).status, 500)
      t.match(messages.at(-1), told)
      t.match(messages.at(-1), /^in the action 'wrong' of schemas\/orders\.ts/)
    }
    t.equal((await post('/orders/loose', {})).status, 500)
    t.match(
      messages.at(-1),
      /^in the action 'loose'.*: it returned something, but has no response$/,
    )
    t.equal((await get('/orders/1')).headers.etag, headers.etag)
  },
  own,
)
