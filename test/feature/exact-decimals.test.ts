// Decimals are exact from the request to the table and back, and sorted and compared as numbers.

import { Decimal, resource, Type } from 'restwell'
import { define } from '../support/definitions.ts'
import { Database } from '../support/migrations.ts'
import { feature, onEveryDatabase, type Service } from '../support/service.ts'

const prices = resource(
  'prices',
  Type.Object({
    amount: Decimal(15, 2),
    rate: Type.Optional(Decimal(6, 4)),
    stock: Decimal(5, 0, { minimum: 0, default: '0' }),
  }),
  { description: 'All prices', unique: ['amount'] },
)

const amounts = ['9', '10.5', '-3.25', '9999999999999.99', '0.1', '100']
const inOrder = ['-3.25', '0.10', '9.00', '10.50', '100.00', '9999999999999.99']

async function createAll({ post }: Service): Promise<void> {
  for (const amount of amounts) await post('/prices', { amount })
}

const amountsOf = (rows: readonly { amount: string }[]) => rows.map(({ amount }) => amount)

feature(
  'a decimal is a text with all its places',
  async (t, { get, post, patch, put, document }) => {
    const created = await post('/prices', { amount: '19.9', rate: '-0' })
    t.strictSame(created.json, { id: 1, amount: '19.90', rate: '0.0000', stock: '0' })
    t.strictSame((await get('/prices/1')).json, created.json)
    t.equal((await patch('/prices/1', { amount: '0.07' })).json.amount, '0.07')
    const replaced = await put('/prices/1', { amount: '4.35', stock: '12' })
    t.match(replaced, { status: 200, text: '"stock":"12"' })
    t.match(document.components.schemas.Price?.properties, { amount: { type: 'string' } })
  },
  { resources: [prices] },
)

feature(
  'what is no such decimal is refused',
  async (t, { post, get }) => {
    for (const amount of ['19.999', '1e3', 19.9, '', ' 1', '1,5', '10000000000000', 'NaN', null])
      t.equal((await post('/prices', { amount })).status, 422, String(amount))
    const refused = await post('/prices', { amount: '1', stock: '-1' })
    t.equal(refused.status, 422)
    t.match(refused.json.errors, [{ pointer: '#/stock' }])
    t.equal((await get('/prices?amount_gt=abc')).status, 400)
  },
  { resources: [prices] },
)

feature(
  'they are sorted, paged, compared and unique as numbers',
  async (t, service) => {
    const { get, post } = service
    await createAll(service)
    t.strictSame(amountsOf((await get('/prices?sort=amount')).json), inOrder)
    t.strictSame(amountsOf((await get('/prices?sort=-amount')).json), inOrder.toReversed())
    const pages: string[] = []
    for (let next: string | undefined = '/prices?sort=amount&limit=2'; next !== undefined; ) {
      const page = await get(next)
      pages.push(...amountsOf(page.json))
      next = /<([^>]+)>; rel="next"/.exec(page.headers.link ?? '')?.[1]
    }
    t.strictSame(pages, inOrder)
    const found = async (query: string) =>
      amountsOf((await get(`/prices?sort=amount&${query}`)).json)
    t.strictSame(await found('amount_gte=9&amount_lt=100'), ['9.00', '10.50'])
    t.strictSame(await found('amount=0.10&amount=100.0'), ['0.10', '100.00'])
    t.strictSame(await found('amount_gt=9999999999999.98'), ['9999999999999.99'])
    t.strictSame(await found('rate_is_null=false'), [])
    t.equal((await post('/prices', { amount: '10.50' })).status, 409, 'the same number')
  },
  { resources: [prices] },
)

onEveryDatabase('a column is never taken for one with another number of places', async (t, url) => {
  const database = new Database(t, url)
  const things = (price: ReturnType<typeof Decimal> | ReturnType<typeof Type.Integer>) =>
    define('things', { price })
  await database.start(things(Decimal(6, 2)))
  await database.insert(things(Decimal(6, 2)), null, 1250)
  t.match(
    await database.refusal({ defined: [things(Decimal(6, 3))], extent: 'full' }),
    /things\.price holds decimals of 2 places and should hold decimals of 3 places: convert it/,
  )
  t.match(
    await database.refusal({ defined: [things(Type.Integer())], extent: 'full' }),
    /things\.price holds decimals of 2 places and should hold values as they are \(integer\)/,
  )
  await database.start(things(Decimal(9, 2)))
  const { altersTables, columnTypes } = database.store.dialect
  const convert = {
    name: '0001-places.sql',
    text: [
      `alter table "things" add column "p" ${columnTypes.decimal}`,
      'update "things" set "p" = "price" * 10',
      ...(altersTables ? [] : [await dropCheck(database)]),
      'alter table "things" drop column "price"',
      'alter table "things" rename column "p" to "price";',
    ].join(';\n'),
  }
  await database.to({ defined: [things(Decimal(9, 3))], files: [convert], extent: 'full' })
  t.strictSame(await database.rows('price', 'things'), [[12500]])
})

/** SQLite drops no column that a check names. */
async function dropCheck({ store }: Database): Promise<string> {
  const [row] = await store.query({
    text: `select sql from sqlite_schema where name = 'things'`,
    values: [],
  })
  const [, name] = /constraint "(price_[0-9a-f]{8}_check)"/.exec(String(row?.[0])) ?? []
  return `alter table "things" drop constraint "${name}"`
}
