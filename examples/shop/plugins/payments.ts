import { createHmac, timingSafeEqual } from 'node:crypto'
import { Line, MinorUnits, Refusal, Type } from 'restwell'
import { plugin } from 'restwell/fastify'
import { orders } from '../schemas/orders.ts'

/** Both know it, and nobody else: the payment provider signs what it sends. */
const secret = process.env.PAYMENT_SECRET ?? ''

function requireSignature(text: string, signature: string): void {
  const right = createHmac('sha256', secret).update(text).digest('hex')
  if (secret === '' || signature.length !== right.length || !equal(signature, right))
    throw new Refusal(403, 'The signature is not that of the payment provider.')
}

const equal = (one: string, other: string) => timingSafeEqual(Buffer.from(one), Buffer.from(other))

export default plugin(
  async (app, { write }) => {
    app.post(
      '/payments',
      {
        config: { anyone: true },
        schema: {
          summary: 'Take the news that an order is paid',
          headers: Type.Object({ 'x-signature': Line({ maxLength: 64 }) }),
          body: Type.Object({ order_id: Type.Integer({ minimum: 1 }), amount: MinorUnits() }),
          response: { 200: Type.Object({ status: Type.String() }) },
        },
      },
      async request => {
        requireSignature(request.bodyText, request.headers['x-signature'])
        const { order_id, amount } = request.body
        return write(request, function* ({ db }) {
          const { status, total, discount } = yield* db.lock(orders, order_id)
          const due = Math.round((total * (100 - discount)) / 100)
          // The provider repeats the news of a payment until it gets a response.
          if (status === 'paid') return { status }
          if (status !== 'open' || due !== amount)
            throw new Refusal(409, `The order is ${status}, and costs ${due}.`, 'amount')
          yield* db.change(orders, order_id, { status: 'paid' })
          return { status: 'paid' }
        })
      },
    )
  },
  { description: 'What the payment provider tells' },
)
