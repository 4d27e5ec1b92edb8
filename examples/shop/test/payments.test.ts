import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, test } from 'node:test'
import { testService } from 'restwell/test'

process.env.PAYMENT_SECRET = 'only for this test'
const service = await testService({ database: process.env.TEST_DATABASE_URL })
after(() => service.close())

/** News of a payment, signed with a secret, by somebody without credentials. */
function tell(payment: object, secret = 'only for this test') {
  const body = JSON.stringify(payment)
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  const headers = { 'content-type': 'application/json', 'x-signature': signature }
  return service.anonymous.request('POST', '/payments', { headers, body })
}

test('an order is paid when the payment provider says so', async () => {
  const { json: nails } = await service.post('/products', { name: 'Nails', price: 250, stock: 9 })
  const { json: ada } = await service.post('/customers', { name: 'Ada', email: 'a@example.com' })
  const { json: order } = await service.post('/orders', { customer_id: ada.id })
  await service.post('/order_lines', { order_id: order.id, product_id: nails.id, quantity: 2 })
  const status = async () => (await service.get(`/orders/${order.id}`)).json.status

  const payment = { order_id: order.id, amount: 500 }
  assert.equal((await tell(payment, 'a guess')).status, 403)
  assert.equal((await tell({ ...payment, amount: 5 })).status, 409)
  assert.equal(await status(), 'open')
  assert.deepEqual((await tell(payment)).json, { status: 'paid' })
  assert.deepEqual((await tell(payment)).json, { status: 'paid' }, 'told twice')
  assert.equal(await status(), 'paid')
})
