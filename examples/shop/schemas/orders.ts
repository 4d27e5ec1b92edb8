import {
  action,
  CreatedAt,
  Enum,
  extend,
  From,
  Line,
  MinorUnits,
  Ref,
  Refusal,
  resource,
  Type,
  UpdatedAt,
} from 'restwell'
import { coupons } from './coupons.ts'
import { orderLines } from './order-lines.ts'
import { products } from './products.ts'

const Key = Type.Integer({ minimum: 1, maximum: 2_147_483_647, examples: [1] })

export const orders = resource(
  'orders',
  Type.Object({
    customer_id: Ref('customers', { fixed: true }),
    customer_name: From('customer_id', 'name'),
    status: Enum(['open', 'paid', 'refunded', 'cancelled'], { default: 'open', readOnly: true }),
    total: MinorUnits({ minimum: 0, default: 0, readOnly: true }),
    discount: Type.Integer({
      minimum: 0,
      maximum: 90,
      default: 0,
      readOnly: true,
      description: 'In percent, by a coupon',
    }),
    reason: Type.Optional(
      Line({ maxLength: 200, readOnly: true, description: 'Why it was cancelled' }),
    ),
    created_at: CreatedAt(),
    updated_at: UpdatedAt(),
  }),
  {
    description: 'What customers ordered',
    parent: 'customer_id',
    children: { lines: 'order_lines' },
    without: ['delete', 'replace', 'update'],
    visible: caller => ({ customer_id: caller.claims.customer_id }),
  },
)

extend(orders, {
  actions: {
    place: action({
      on: 'collection',
      summary: 'Order products',
      description: 'The order and its lines are made together, or nothing is.',
      body: Type.Object({
        customer_id: Key,
        coupon: Type.Optional(Line({ minLength: 4, maxLength: 20, examples: ['SPRING'] })),
        lines: Type.Array(
          Type.Object({
            product_id: Key,
            quantity: Type.Integer({ minimum: 1, maximum: 1000, examples: [2] }),
          }),
          { minItems: 1, maxItems: 50 },
        ),
      }),
      response: Type.Object({
        id: Type.Integer(),
        total: Type.Integer(),
        discount: Type.Integer(),
      }),
      *run({ body, caller, now, db }) {
        const { customer_id, coupon, lines } = body
        const isStaff = ['orders:admin', '*'].some(scope => caller.scopes.has(scope))
        if (!isStaff && caller.claims.customer_id !== customer_id)
          throw new Refusal(403, 'Customers order for themselves.', 'customer_id')
        const { id } = yield* db.create(orders, { customer_id })
        for (const line of lines) yield* db.create(orderLines, { order_id: id, ...line })
        if (coupon !== undefined && coupon !== null) {
          const { percent, valid_from, valid_to } = yield* db.read(coupons, coupon)
          const today = now.toISOString().slice(0, 10)
          if (today < valid_from || today > valid_to)
            throw new Refusal(409, 'The coupon is not valid today.', 'coupon')
          yield* db.change(orders, id, { discount: percent })
        }
        const { total, discount } = yield* db.read(orders, id)
        return { id, total, discount }
      },
    }),
    refund: action({
      summary: 'Give the money back',
      scope: 'orders:admin',
      run({ row }) {
        if (row.status !== 'paid') throw new Refusal(409, `The order is ${row.status}.`, 'status')
        return { status: 'refunded' }
      },
    }),
    pay: action({
      summary: 'Mark an order as paid',
      scope: 'orders:admin',
      run({ row }) {
        if (row.status !== 'open') throw new Refusal(409, `The order is ${row.status}.`, 'status')
        if (row.total === 0) throw new Refusal(409, 'There is nothing in the order.', 'total')
        return { status: 'paid' }
      },
    }),
    cancel: action({
      summary: 'Cancel an order and put its products back',
      body: Type.Object({ reason: Line({ minLength: 1, maxLength: 200, examples: ['Too late'] }) }),
      *run({ row, body, db }) {
        if (row.status !== 'open') throw new Refusal(409, `The order is ${row.status}.`, 'status')
        for (const { product_id, quantity } of yield* db.list(orderLines, { order_id: row.id })) {
          const { stock } = yield* db.lock(products, product_id)
          yield* db.change(products, product_id, { stock: stock + quantity })
        }
        return { status: 'cancelled', reason: body.reason }
      },
    }),
  },
})
