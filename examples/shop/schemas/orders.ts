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
import { orderLines } from './order-lines.ts'
import { products } from './products.ts'

export const orders = resource(
  'orders',
  Type.Object({
    customer_id: Ref('customers', { fixed: true }),
    customer_name: From('customer_id', 'name'),
    status: Enum(['open', 'paid', 'cancelled'], { default: 'open', readOnly: true }),
    total: MinorUnits({ minimum: 0, default: 0, readOnly: true }),
    reason: Type.Optional(
      Line({ maxLength: 200, readOnly: true, description: 'Why it was cancelled' }),
    ),
    created_at: CreatedAt(),
    updated_at: UpdatedAt(),
  }),
  {
    description: 'What customers ordered',
    parent: 'customer_id',
    without: ['delete', 'replace', 'update'],
    visible: caller => ({ customer_id: caller.claims.customer_id }),
  },
)

extend(orders, {
  actions: {
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
