// Related rows in one response: `include=customer,lines.product`.

import { Type } from '@sinclair/typebox'
import { Computed, Ref, Refs, resource } from '../../src/resource/resource.ts'
import type { Work } from '../../src/store/store.ts'
import { holder, required } from '../support/access.ts'
import { linksOf, walkBothWays } from '../support/pages.ts'
import { feature, problemOf, type Service } from '../support/service.ts'

const text = (maxLength = 100) => Type.String({ maxLength, examples: ['A'] })

const customers = resource(
  'customers',
  Type.Object({ name: text(), country_code: Type.Optional(Ref<string>('countries')) }),
  { description: 'Who buys', sample: [{ name: 'Ada', country_code: 'NO' }, { name: 'Bob' }] },
)
const countries = resource(
  'countries',
  Type.Object({
    code: Type.String({ minLength: 2, maxLength: 2, examples: ['NO'] }),
    name: text(),
  }),
  { description: 'Where', key: 'code', sample: [{ code: 'NO', name: 'Norway' }] },
)
const products = resource(
  'products',
  Type.Object({ name: text(), price: Type.Integer({ examples: [10] }) }),
  {
    description: 'What is sold',
    keepDeleted: true,
    listed: ['id', 'name'],
    sample: [
      { name: 'Pen', price: 2 },
      { name: 'Book', price: 10 },
    ],
  },
)
const orders = resource(
  'orders',
  Type.Object({
    customer_id: Ref('customers', { examples: [1] }),
    seller: Type.Optional(Ref('customers', { examples: [2] })),
    label_ids: Refs('labels', { onDelete: 'remove', examples: [[1]] }),
  }),
  {
    description: 'What was ordered',
    sample: [
      { customer_id: 1, seller: 2, label_ids: [2, 1] },
      { customer_id: 2, label_ids: [] },
      { customer_id: 1, label_ids: [1] },
    ],
  },
)
const labels = resource('labels', Type.Object({ word: text() }), {
  description: 'Words',
  sample: [{ word: 'urgent' }, { word: 'gift' }],
})
const lines = resource(
  'order-lines',
  Type.Object({
    order_id: Ref('orders', { onDelete: 'cascade', examples: [1] }),
    product_id: Ref('products', { examples: [1] }),
    quantity: Type.Integer({ examples: [2] }),
  }),
  {
    description: 'What they consist of',
    parent: 'order_id',
    computed: { double: Computed(Type.Integer(), row => 2 * row.quantity) },
    sample: [
      { order_id: 1, product_id: 2, quantity: 1 },
      { order_id: 1, product_id: 1, quantity: 5 },
      { order_id: 3, product_id: 2, quantity: 7 },
    ],
  },
)
const shop = [customers, countries, products, orders, labels, lines]

const ada = { id: 1, name: 'Ada', country_code: 'NO' }
const bob = { id: 2, name: 'Bob', country_code: null }

feature(
  'a row with what it refers to, and with what refers to it',
  async (t, { get }) => {
    const { status, json } = await get('/orders/1?include=customer,seller_row,labels,order_lines')
    t.equal(status, 200)
    t.strictSame(json, {
      id: 1,
      customer_id: 1,
      seller: 2,
      label_ids: [2, 1],
      customer: ada,
      seller_row: bob,
      labels: {
        items: [
          { id: 2, word: 'gift' },
          { id: 1, word: 'urgent' },
        ],
        more: false,
      },
      order_lines: {
        items: [
          { id: 1, order_id: 1, product_id: 2, quantity: 1, double: 2 },
          { id: 2, order_id: 1, product_id: 1, quantity: 5, double: 10 },
        ],
        more: false,
      },
    })
  },
  { resources: shop },
)

feature(
  'each row of a list has its own, and `fields` chooses among the members of the row alone',
  async (t, { get }) => {
    const { json } = await get('/orders?fields=id&include=seller_row,order_lines,labels')
    const none = { items: [], more: false }
    t.strictSame(
      json.map((row: object) => Object.keys(row).sort()),
      Array(3).fill(['id', 'labels', 'order_lines', 'seller_row']),
    )
    t.strictSame(
      json.map((row: { seller_row: unknown }) => row.seller_row),
      [bob, null, null],
    )
    t.strictSame(json[1], { id: 2, seller_row: null, order_lines: none, labels: none })
    t.strictSame(
      json.map((row: { order_lines: { items: { id: number }[] } }) =>
        row.order_lines.items.map(({ id }) => id),
      ),
      [[1, 2], [], [3]],
    )
  },
  { resources: shop },
)

feature(
  'one level more: what the included rows refer to',
  async (t, { get }) => {
    const { json } = await get('/orders?include=customer.country,order_lines.product&sort=-id')
    const countries = json.map(
      ({ customer }: { customer: { country: unknown } }) => customer.country,
    )
    t.strictSame(countries, [{ code: 'NO', name: 'Norway' }, null, { code: 'NO', name: 'Norway' }])
    const names = json.map((row: { order_lines: { items: { product: object }[] } }) =>
      row.order_lines.items.map(({ product }) => product),
    )
    const [pen, book] = [
      { id: 1, name: 'Pen', price: 2 },
      { id: 2, name: 'Book', price: 10 },
    ]
    t.strictSame(names, [[book], [], [book, pen]])
    t.strictSame((await get('/countries/NO?include=customers')).json.customers.items, [ada])
  },
  { resources: shop },
)

/** Counts the statements of what is read in one state of the database, from now on. */
function counting({ store }: Service): { statements: number } {
  const counted = { statements: 0 }
  const read = store.read.bind(store)
  store.read = work =>
    read(function* () {
      const inner = work() as Work<never>
      let step = inner.next([])
      while (step.done !== true) {
        counted.statements += 1
        step = inner.next(yield step.value)
      }
      return step.value
    })
  return counted
}

feature(
  'the number of statements is that of the names, whatever the number of rows',
  async (t, service) => {
    const { get, post } = service
    const url = '/orders?include=customer.country,order_lines.product,labels'
    const counted = counting(service)
    t.equal((await get(`${url}&limit=1`)).json.length, 1)
    t.equal(counted.statements, 6, 'one for the page, and one for each name')
    for (let nth = 0; nth < 20; nth++) {
      const { json } = await post('/orders', { customer_id: 1, label_ids: [1, 2] })
      await post('/order-lines', { order_id: json.id, product_id: 1, quantity: 1 })
    }
    counted.statements = 0
    t.equal((await get(`${url}&limit=1000`)).json.length, 23)
    t.equal(counted.statements, 6)
    counted.statements = 0
    await get('/orders/1?include=customer.country,order_lines.product,labels')
    t.equal(counted.statements, 6)
  },
  { resources: shop },
)

feature(
  'up to a hundred rows that refer to one are included, and whether there are more',
  async (t, { get, post }) => {
    const add = async (count: number) => {
      for (let nth = 0; nth < count; nth++)
        await post('/order-lines', { order_id: 2, product_id: 1, quantity: nth })
    }
    const lines = async () => (await get('/orders/2?include=order_lines')).json.order_lines
    await add(100)
    t.match(await lines(), { items: { length: 100 }, more: false })
    await add(1)
    const { items, more } = await lines()
    t.strictSame([items.length, more, items.at(-1).quantity], [100, true, 99])
    const rest = await get('/order-lines?order_id=2&limit=1000')
    t.equal(rest.json.length, 101, 'which their own list has')
  },
  { resources: shop },
)

feature(
  'a deleted row that is kept is not included',
  async (t, { get, post, delete: remove }) => {
    const { json: pencil } = await post('/products', { name: 'Pencil', price: 1 })
    const line = await post('/order-lines', { order_id: 2, product_id: pencil.id, quantity: 1 })
    const url = `/order-lines/${line.json.id}?include=product`
    t.equal((await get(url)).json.product.name, 'Pencil')
    t.equal((await remove(`/order-lines/${line.json.id}`)).status, 204)
    t.equal((await remove(`/products/${pencil.id}`)).status, 204)
    t.equal((await get(url)).status, 404)
    t.strictSame((await get('/orders/2?include=order_lines')).json.order_lines.items, [])
  },
  { resources: shop },
)

feature(
  'a copy is current only while what is included is, and `If-Match` is about the row alone',
  async (t, { get, patch }) => {
    for (const url of ['/orders/1?include=customer', '/orders?include=customer']) {
      const { etag = '' } = (await get(url)).headers
      t.equal((await get(url, { 'if-none-match': etag })).status, 304)
      t.not((await get(url.replace('include=customer', 'include=order_lines'))).headers.etag, etag)
      await patch('/customers/1', { name: `Ada after ${url}` })
      t.equal((await get(url, { 'if-none-match': etag })).status, 200, url)
    }
    const plain = (await get('/orders/1')).headers.etag ?? ''
    const included = (await get('/orders/1?include=customer')).headers.etag ?? ''
    t.not(included, plain)
    const change = await patch('/orders/1', { label_ids: [] }, { 'if-match': included })
    t.equal(change.status, 200)
    const late = await patch('/orders/1', { label_ids: [1] }, { 'if-match': included })
    t.equal(late.status, 412)
  },
  { resources: shop },
)

feature(
  'names that are not there are refused, and so are too many',
  async (t, { get }) => {
    for (const names of [
      'nothing',
      'customer.nothing',
      'order_lines.order',
      'customer.country.x',
      '__proto__',
    ])
      for (const url of [`/orders?include=${names}`, `/orders/1?include=${names}`])
        t.match(problemOf(await get(url)), { status: 400, errors: [{ parameter: 'include' }] }, url)
    const many = Array(6).fill('customer').join()
    t.equal((await get(`/orders?include=${many}`)).status, 400)
    t.equal((await get('/labels?include=orders')).status, 400, 'nothing refers to a label')
    const [near] = (await get('/orders?include=custmer')).json.errors
    t.match(near.detail, /; did you mean 'customer'\?$/)
    for (const accept of ['text/csv', 'application/x-ndjson'])
      t.match(problemOf(await get('/orders?include=customer', { accept })), {
        status: 400,
        errors: [{ detail: `is for JSON; ${accept} has rows alone` }],
      })
    t.same(
      (await get('/orders/1?include=customer&include=customer,labels')).json.customer,
      ada,
      'twice is once',
    )
    t.strictSame((await get('/orders/1?include=')).json, (await get('/orders/1')).json)
  },
  { resources: shop },
)

feature(
  'the rows of others need the scopes of their own',
  async (t, { get, store }) => {
    const [some, all] = [
      await holder(store, ['orders:read', 'customers:read']),
      await holder(store, ['orders:read', 'customers:read', 'countries:read']),
    ]
    for (const url of ['/orders/1', '/orders'])
      for (const [names, lacking] of [
        ['order_lines', 'order-lines'],
        ['customer.country', 'countries'],
      ]) {
        const { status, headers, json } = await get(`${url}?include=${names}`, some.headers)
        t.equal(status, 403)
        t.match(headers['www-authenticate'], `scope="${lacking}:read"`)
        const detail = `${names} needs the scope ${lacking}:read`
        t.strictSame(json.errors, [{ parameter: 'include', in: 'query', detail }])
      }
    t.equal((await get('/orders?include=customer', some.headers)).status, 200)
    t.equal((await get('/orders?include=customer.country', all.headers)).status, 200)
    t.equal((await get('/orders?include=customer')).status, 401)
  },
  { resources: shop, access: required },
)

const mebibyte = 1024 * 1024
const papers = resource('papers', Type.Object({ title: text() }), {
  description: 'With long notes',
  sample: [...'abcd'].map(title => ({ title })),
})
/** Each paper has three notes of 0.7 million characters, but for the last, which has a short one. */
const notes = resource(
  'notes',
  Type.Object({
    paper_id: Ref('papers', { examples: [1] }),
    author_id: Type.Optional(Ref('papers')),
    body: Type.String({ maxLength: 1_000_000 }),
  }),
  {
    description: 'Long ones',
    sample: [1, 1, 1, 2, 2, 2, 3, 3, 3, 4].map((paper_id, index) => ({
      paper_id,
      body: String(index).repeat(index === 9 ? 1 : 700_000),
    })),
  },
)

feature(
  'a page ends before what is included with it would exceed 4 MiB, and its next link goes on there',
  async (t, { get }) => {
    const url = '/papers?include=paper_notes'
    const { forward, backward } = await walkBothWays(get, url)
    const titles = (pages: typeof forward) =>
      pages.map(page => page.map(({ title }: { title: string }) => title).join(''))
    t.strictSame(titles(forward), ['a', 'b', 'cd'])
    t.strictSame(titles(backward).join(''), 'abcd')
    for (const page of [...forward, ...backward]) {
      t.ok(JSON.stringify(page).length < 4.2 * mebibyte)
      for (const { title, paper_notes } of page)
        t.strictSame(
          [paper_notes.items.length, paper_notes.more],
          [title === 'd' ? 1 : 3, false],
          `${title} has all of its notes`,
        )
    }
  },
  { resources: [papers, notes] },
)

feature(
  'a list that exceeds 4 MiB by itself is cut, and says so',
  async (t, { get, post }) => {
    for (let nth = 0; nth < 6; nth++)
      await post('/notes', { paper_id: 4, body: String(nth).repeat(700_000) })
    const { json } = await get('/papers/4?include=paper_notes')
    t.strictSame([json.paper_notes.items.length, json.paper_notes.more], [6, true])
    const page = await get('/papers?include=paper_notes&sort=-id&limit=1')
    t.strictSame(page.json[0].paper_notes, json.paper_notes)
    t.match(linksOf(page), { next: /cursor/ })
    const both = await get('/papers/4?include=paper_notes,author_notes')
    t.equal(both.json.paper_notes.items.length, 3, 'two names share the room')
    t.strictSame(both.json.author_notes, { items: [], more: false })
  },
  { resources: [papers, notes] },
)

feature(
  'a large row that many refer to counts as often as it is shown',
  async (t, { get, post }) => {
    const large = await post('/texts', { body: 'x'.repeat(900_000) })
    for (let nth = 0; nth < 12; nth++) await post('/links', { text_id: large.json.id, group_id: 1 })
    const { forward } = await walkBothWays(get, '/links?include=text&limit=1000')
    t.strictSame(
      forward.map(page => page.length),
      [4, 4, 4],
    )
    const { links } = (await get('/groups/1?include=links.text')).json
    t.strictSame([links.items.length, links.more], [2, true], 'the names share 4 MiB')
    t.ok(links.items.every(({ text }: { text: object | null }) => text !== null))
  },
  {
    resources: [
      resource('texts', Type.Object({ body: Type.String({ maxLength: 1_000_000 }) }), {
        description: 'Long ones',
      }),
      resource('groups', Type.Object({ name: text() }), {
        description: 'What links are in',
        sample: [{ name: 'A' }],
      }),
      resource(
        'links',
        Type.Object({
          text_id: Ref('texts', { examples: [1] }),
          group_id: Ref('groups', { examples: [1] }),
        }),
        { description: 'What refers to texts' },
      ),
    ],
  },
)
