import { Computed, extend, From, MinorUnits, Ref, Refusal, resource, Type } from 'restwell'
import { orders } from './orders.ts'
import { products } from './products.ts'

export const orderLines = resource(
  'order_lines',
  Type.Object({
    order_id: Ref('orders', { fixed: true }),
    product_id: Ref('products', { fixed: true }),
    product_name: From('product_id', 'name'),
    quantity: Type.Integer({ minimum: 1, maximum: 1000, examples: [2] }),
    price: MinorUnits({
      description: 'What one of them cost when it was ordered',
      minimum: 0,
      readOnly: true,
      examples: [450],
    }),
  }),
  {
    description: 'How much of a product is in an order',
    parent: 'order_id',
    unique: [['order_id', 'product_id']],
    visible: 'order_id',
    computed: {
      total: Computed(MinorUnits({ examples: [900] }), ({ quantity, price }) => quantity * price),
    },
  },
)

extend(orderLines, {
  hooks: {
    // A line takes its products from the stock, and what it costs is in the total of its order.
    *beforeWrite({ before, after, db }) {
      const line = after ?? before
      const order = yield* db.lock(orders, line.order_id)
      if (order.status !== 'open')
        throw new Refusal(409, `The order is ${order.status}.`, 'order_id')

      const product = yield* db.lock(products, line.product_id)
      const price = before?.price ?? product.price
      const more = (after?.quantity ?? 0) - (before?.quantity ?? 0)
      if (more > product.stock)
        throw new Refusal(409, `There are ${product.stock} left.`, 'quantity')

      yield* db.change(products, product.id, { stock: product.stock - more })
      yield* db.change(orders, order.id, { total: order.total + more * price })
      return after && { price }
    },
  },
})
