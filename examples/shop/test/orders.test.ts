import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { testService } from 'restwell/test'

const service = await testService({ database: process.env.TEST_DATABASE_URL })
after(() => service.close())
const { json: ada } = await service.post('/customers', { name: 'Ada', email: 'ada@example.com' })
const { json: ben } = await service.post('/customers', { name: 'Ben', email: 'ben@example.com' })

const customer = (id: number) =>
  service.as({
    scopes: ['orders:read', 'orders:write', 'order_lines:read', 'order_lines:write'],
    claims: { customer_id: id },
  })

async function product(stock: number, price = 250) {
  const { json } = await service.post('/products', { name: 'Nails', price, stock, tags: ['iron'] })
  const left = async () => (await service.get(`/products/${json.id}`)).json.stock
  return { id: json.id, left }
}

async function order(id: number) {
  const { json } = await customer(id).post('/orders', { customer_id: id })
  return `/orders/${json.id}`
}

test('what is ordered is taken from the stock, and makes the total', async () => {
  const nails = await product(10)
  const address = await order(ada.id)
  const line = await service.post(`${address}/order_lines`, { product_id: nails.id, quantity: 4 })
  assert.deepEqual([line.json.price, line.json.total, line.json.product_name], [250, 1000, 'Nails'])
  assert.equal(await nails.left(), 6)

  await service.patch(`/products/${nails.id}`, { price: 999 })
  await service.patch(`/order_lines/${line.json.id}`, { quantity: 6 })
  assert.equal(await nails.left(), 4)
  assert.equal((await service.get(address)).json.total, 1500)

  await service.delete(`/order_lines/${line.json.id}`)
  assert.equal(await nails.left(), 10)
  assert.equal((await service.get(address)).json.total, 0)
})

test('the stock never goes below zero, however many order at once', async () => {
  const nails = await product(5)
  const addresses = await Promise.all(Array.from({ length: 12 }, () => order(ada.id)))
  const lines = await Promise.all(
    addresses.map(address =>
      service.post(`${address}/order_lines`, { product_id: nails.id, quantity: 1 }),
    ),
  )
  const statuses = lines.map(({ status }) => status).sort()
  assert.deepEqual(statuses, [...Array(5).fill(201), ...Array(7).fill(409)])
  assert.equal(await nails.left(), 0)
})

test('lines come with their order, and none of it is there if one of them is refused', async () => {
  const [nails, glue] = [await product(5), await product(1)]
  const wanted = (glues: number) => ({
    customer_id: ada.id,
    lines: [
      { product_id: nails.id, quantity: 2 },
      { product_id: glue.id, quantity: glues },
    ],
  })
  const refused = await customer(ada.id).post('/orders', wanted(2))
  assert.deepEqual(refused.json.errors, [
    { pointer: '#/lines/1/quantity', detail: 'There are 1 left.' },
  ])
  assert.equal(await nails.left(), 5)
  const { json } = await customer(ada.id).post('/orders', wanted(1))
  assert.deepEqual([json.total, json.lines.items.length], [750, 2])
})

test('an open order is cancelled, and a paid one is not', async () => {
  const nails = await product(3)
  const address = await order(ada.id)
  const empty = await service.post(`${address}/pay`, undefined)
  assert.equal(empty.json.detail, 'There is nothing in the order.')
  await service.post(`${address}/order_lines`, { product_id: nails.id, quantity: 3 })
  const cancelled = await customer(ada.id).post(`${address}/cancel`, { reason: 'Too late' })
  assert.deepEqual([cancelled.json.status, cancelled.json.reason], ['cancelled', 'Too late'])
  assert.equal(await nails.left(), 3)

  const other = await order(ada.id)
  await service.post(`${other}/order_lines`, { product_id: nails.id, quantity: 1 })
  assert.equal((await customer(ada.id).post(`${other}/pay`, undefined)).status, 403)
  assert.equal((await service.post(`${other}/pay`, undefined)).json.status, 'paid')
  assert.equal((await service.post(`${other}/cancel`, { reason: 'No' })).status, 409)
  assert.equal(
    (await service.post(`${other}/order_lines`, { product_id: nails.id, quantity: 1 })).status,
    409,
  )
})

test('customers see their own orders alone', async () => {
  const address = await order(ben.id)
  assert.equal((await customer(ben.id).get(address)).json.customer_name, 'Ben')
  assert.equal((await customer(ada.id).get(address)).status, 404)
  const own = await customer(ben.id).get('/orders')
  assert.deepEqual(
    own.json.map(({ customer_id }: { customer_id: number }) => customer_id),
    [ben.id],
  )
  assert.equal((await customer(ada.id).post('/orders', { customer_id: ben.id })).status, 403)
})

test('categories are a tree, in which none is below itself', async () => {
  const category = async (name: string, parent_id: number | null) =>
    (await service.post('/categories', { name, parent_id })).json.id
  const hardware = await category('Hardware', null)
  const tools = await category('Tools', hardware)
  const saws = await category('Saws', tools)
  assert.deepEqual((await service.get(`/categories/${hardware}/below`)).json, [
    { id: saws, name: 'Saws' },
    { id: tools, name: 'Tools' },
  ])
  for (const parent_id of [hardware, tools, saws])
    assert.equal((await service.patch(`/categories/${hardware}`, { parent_id })).status, 409)
  assert.equal((await service.patch(`/categories/${saws}`, { parent_id: hardware })).status, 200)
})

test('the products of which few are left are found by who may change them', async () => {
  const last = await product(1)
  const scarce = await service.get('/products/scarce?below=2')
  assert.ok(scarce.json.some(({ id }: { id: number }) => id === last.id))
  assert.equal((await service.anonymous.get('/products/scarce?below=2')).status, 401)
  assert.equal((await service.anonymous.get('/products?tags=iron')).status, 200)
})

test('an order with its lines is made at once or not at all, with a coupon that is valid', async () => {
  const nails = await product(5)
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
  const coupon = { percent: 10, valid_from: day(-1), valid_to: day(1) }
  await service.post('/coupons', { ...coupon, code: 'TODAY' })
  await service.post('/coupons', { ...coupon, code: 'LATER', valid_from: day(1) })
  const wanted = { customer_id: ada.id, lines: [{ product_id: nails.id, quantity: 2 }] }
  const { json } = await customer(ada.id).post('/orders/place', { ...wanted, coupon: 'TODAY' })
  assert.deepEqual([json.total, json.discount, await nails.left()], [500, 10, 3])
  for (const [more, status] of [
    [{ coupon: 'LATER' }, 409],
    [{ lines: [...wanted.lines, { product_id: nails.id, quantity: 2 }] }, 409],
    [{ customer_id: ben.id }, 403],
  ] as const)
    assert.equal(
      (await customer(ada.id).post('/orders/place', { ...wanted, ...more })).status,
      status,
    )
  assert.equal(await nails.left(), 3, 'nothing was taken')

  assert.equal((await service.post(`/orders/${json.id}/refund`, undefined)).status, 409)
  await service.post(`/orders/${json.id}/pay`, undefined)
  assert.equal((await service.post(`/orders/${json.id}/refund`, undefined)).json.status, 'refunded')
})
