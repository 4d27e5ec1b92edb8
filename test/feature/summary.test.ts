// A client asks for figures of a list: `GET /sales/summary?group_by=currency&sum=amount`.

import { Type } from '@sinclair/typebox'
import fc from 'fast-check'
import t from 'tap'
import { deriveModels } from '../../src/definitions/load.ts'
import {
  Decimal,
  Enum,
  Line,
  Owner,
  Ref,
  type Resource,
  resource,
  view,
} from '../../src/resource/resource.ts'
import { holder, required } from '../support/access.ts'
import { feature, problemOf, type Service } from '../support/service.ts'

const text = () => Line({ minLength: 1, maxLength: 50, examples: ['A'] })

const shops = resource('shops', Type.Object({ town: text() }), {
  description: 'Where',
  sample: [{ town: 'Oslo' }, { town: 'Bergen' }],
})
const sales = resource(
  'sales',
  Type.Object({
    shop_id: Ref('shops', { examples: [1] }),
    amount: Type.Integer({ examples: [100] }),
    price: Type.Optional(Decimal(10, 2, { examples: ['9.95'] })),
    weight: Type.Optional(Type.Number({ examples: [1.5] })),
    kind: Type.Optional(Enum(['book', 'pen'], { examples: ['pen'] })),
    paid: Type.Boolean({ default: false }),
    sold_on: Type.Optional(Type.String({ format: 'date', examples: ['2026-05-04'] })),
    sold_at: Type.String({ format: 'date-time', examples: ['2026-05-04T12:30:00Z'] }),
    note: Type.Optional(Type.String({ maxLength: 5000, examples: ['A'] })),
  }),
  {
    description: 'What was sold',
    parent: 'shop_id',
    summary: true,
    search: ['note'],
    keepDeleted: true,
    filterableThrough: ['shop.town'],
    sample: [
      {
        shop_id: 1,
        amount: 5,
        price: '0.10',
        weight: 0.5,
        kind: 'pen',
        note: 'A gift for Ann',
        sold_on: '2026-05-04',
        sold_at: '2026-05-03T23:30:00-02:00',
      },
      {
        shop_id: 1,
        amount: -2,
        price: '0.25',
        kind: 'book',
        paid: true,
        sold_on: '2026-05-10',
        sold_at: '2026-05-10T00:00:00Z',
      },
      { shop_id: 2, amount: 9, price: '-1.00', weight: 2.25, sold_at: '2026-05-11T00:00:00Z' },
      {
        shop_id: 2,
        amount: 1,
        weight: 1,
        kind: 'pen',
        sold_on: '2026-06-01',
        sold_at: '2025-12-31T23:59:59.999Z',
      },
    ],
  },
)
const resources = [shops, sales] as readonly object[] as Resource[]

feature(
  'rows are grouped, counted and added up',
  async (t, { get }) => {
    const table: [query: string, rows: object[]][] = [
      ['', [{ count: 4 }]],
      ['count=false', [{ count: 4 }]],
      [
        'id=99&sum=amount&avg=price&min=sold_at&count=true',
        [{ count: 0, amount_sum: null, price_avg: null, sold_at_min: null }],
      ],
      ['group_by=kind&q=gift', [{ kind: 'pen', count: 1 }]],
      ['group_by=kind&id=99', []],
      [
        'group_by=kind',
        [
          { kind: null, count: 1 },
          { kind: 'book', count: 1 },
          { kind: 'pen', count: 2 },
        ],
      ],
      [
        'group_by=paid&sum=amount',
        [
          { paid: false, amount_sum: 15 },
          { paid: true, amount_sum: -2 },
        ],
      ],
      [
        'group_by=shop_id&sum=amount,price&avg=amount,weight&count=true',
        [
          {
            shop_id: 1,
            count: 2,
            amount_sum: 3,
            amount_avg: 1.5,
            price_sum: '0.35',
            weight_avg: 0.5,
          },
          {
            shop_id: 2,
            count: 2,
            amount_sum: 10,
            amount_avg: 5,
            price_sum: '-1.00',
            weight_avg: 1.625,
          },
        ],
      ],
      [
        'avg=price&min=price&max=price&sum=weight',
        [{ price_avg: '-0.22', price_min: '-1.00', price_max: '0.25', weight_sum: 3.75 }],
      ],
      [
        'min=sold_at,sold_on&max=sold_on,amount',
        [
          {
            amount_max: 9,
            sold_on_min: '2026-05-04',
            sold_on_max: '2026-06-01',
            sold_at_min: '2025-12-31T23:59:59.999Z',
          },
        ],
      ],
      [
        'group_by=sold_at_day',
        [
          { sold_at_day: '2025-12-31', count: 1 },
          { sold_at_day: '2026-05-04', count: 1 },
          { sold_at_day: '2026-05-10', count: 1 },
          { sold_at_day: '2026-05-11', count: 1 },
        ],
      ],
      [
        'group_by=sold_at_week',
        [
          { sold_at_week: '2025-12-29', count: 1 },
          { sold_at_week: '2026-05-04', count: 2 },
          { sold_at_week: '2026-05-11', count: 1 },
        ],
      ],
      [
        'group_by=sold_at_month,kind',
        [
          { sold_at_month: '2025-12', kind: 'pen', count: 1 },
          { sold_at_month: '2026-05', kind: null, count: 1 },
          { sold_at_month: '2026-05', kind: 'book', count: 1 },
          { sold_at_month: '2026-05', kind: 'pen', count: 1 },
        ],
      ],
      [
        'group_by=sold_on_month&paid=false',
        [
          { sold_on_month: null, count: 1 },
          { sold_on_month: '2026-05', count: 1 },
          { sold_on_month: '2026-06', count: 1 },
        ],
      ],
      [
        'group_by=sold_on_week,sold_on_week&sold_on_is_null=false',
        [
          { sold_on_week: '2026-05-04', count: 2 },
          { sold_on_week: '2026-06-01', count: 1 },
        ],
      ],
      [
        'group_by=kind&shop.town=Oslo&or=amount,paid&amount=5&paid=true',
        [
          { kind: 'book', count: 1 },
          { kind: 'pen', count: 1 },
        ],
      ],
    ]
    for (const [query, rows] of table) {
      const answer = await get(`/sales/summary?${query}`)
      t.strictSame([answer.status, answer.json], [200, rows], query)
    }
    const refused: [query: string, parameter: string][] = [
      ['group_by=note', 'group_by'],
      ['group_by=sold_on_day', 'group_by'],
      ['group_by=kind,paid,id', 'group_by'],
      ['sum=shop_id', 'sum'],
      ['sum=id', 'sum'],
      ['sum=sold_at', 'sum'],
      ['min=kind', 'min'],
      ['count=1', 'count'],
      ['limit=1', 'limit'],
      ['sort=kind', 'sort'],
      ['kind=ink', 'kind'],
    ]
    for (const [query, parameter] of refused) {
      const answer = await get(`/sales/summary?${query}`)
      t.equal(answer.status, 400, query)
      t.match(problemOf(answer).errors, [{ parameter }], query)
    }
  },
  { resources },
)

feature(
  'a summary has a state, and is CSV and JSON in lines too',
  async (t, { get, post, delete: remove, request }) => {
    const url = '/sales/summary?group_by=kind&sum=price&count=true'
    const first = await get(url)
    const tag = { 'if-none-match': String(first.headers.etag) }
    t.equal((await get(url, tag)).status, 304)
    t.equal((await get(url, { 'if-match': '"x"' })).status, 412)
    t.equal((await remove('/sales/4')).status, 204)
    const second = await get(url, tag)
    t.equal(second.status, 200)
    t.match(second.json, [{ count: 1 }, { count: 1 }, { kind: 'pen', count: 1 }], 'without it')
    const csv = await get(url, { accept: 'text/csv' })
    t.equal(csv.text, 'kind,count,price_sum\r\n,1,-1.00\r\nbook,1,0.25\r\npen,1,0.10\r\n')
    t.match(csv.headers, {
      'content-type': /^text\/csv/,
      'content-disposition': 'attachment; filename="sales.csv"',
    })
    t.notOk(csv.headers.etag)
    const lines = await get(url, { accept: 'application/x-ndjson' })
    t.equal(lines.text.split('\n')[2], '{"kind":"pen","count":1,"price_sum":"0.10"}')
    t.match(await get(url, { accept: 'text/csv', prefer: 'csv=spreadsheet' }), { text: /^\uFEFF/ })
    t.equal((await get(url, { accept: 'image/png' })).status, 406)
    t.equal((await request('HEAD', url)).status, 200)
    t.equal((await post(url, {})).status, 405)
    t.equal((await get('/sales/summary/1')).status, 404)
  },
  { resources },
)

feature(
  'what has no exact number is not returned, and groups beyond a thousand are rows in a stream',
  async (t, { get, post, request }) => {
    const most = Number.MAX_SAFE_INTEGER
    await post('/sales', {
      shop_id: 1,
      amount: most,
      weight: 1.7e308,
      sold_at: '2030-01-01T00:00:00Z',
    })
    const one = await get('/sales/summary?sum=amount&avg=amount,weight&amount_gt=100')
    t.strictSame(one.json, [{ amount_sum: most, amount_avg: most, weight_avg: 1.7e308 }])
    await post('/sales', {
      shop_id: 2,
      amount: most,
      weight: 1.7e308,
      sold_at: '2030-01-01T00:00:00Z',
    })
    for (const field of ['amount', 'weight']) {
      const answer = await get(`/sales/summary?sum=${field}`)
      t.match([answer.status, answer.json.detail], [409, `The sum of ${field} is larger than`])
      const csv = await get(`/sales/summary?sum=${field}`, { accept: 'text/csv' })
      t.equal(csv.status, 409)
    }
    t.match((await get('/sales/summary?avg=weight&amount_gt=100')).json, [{ weight_avg: 1.7e308 }])
    t.equal((await get('/sales/summary?sum=amount&group_by=shop_id&shop_id=1')).status, 409)
    const rows = Array.from({ length: 1001 }, (_, index) =>
      JSON.stringify({ shop_id: 1, amount: index, sold_at: '2030-01-01T00:00:00Z' }),
    ).join('\n')
    const headers = { 'content-type': 'application/x-ndjson' }
    const loaded = await request('POST', '/sales', { headers, body: rows })
    t.equal(loaded.status, 201)
    const many = '/sales/summary?group_by=amount&note_is_null=true&amount_lt=5000'
    const refused = await get(many)
    t.match([refused.status, refused.json.detail], [409, 'There are more than 1000 groups'])
    const lines = await get(many, { accept: 'application/x-ndjson' })
    t.equal(lines.text.trim().split('\n').length, 1002, 'all of them: 0 to 1000, and -2')
    t.equal((await get(`${many}&amount_gt=0`)).json.length, 1000)
  },
  { resources },
)

/** Mondays and months as JavaScript has them. */
function mondayOf(day: string): string {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7))
  return date.toISOString().slice(0, 10)
}

feature(
  'whatever the days, they are grouped by the weeks and months that they are in',
  async (t, service) => {
    const day = fc
      .date({
        min: new Date('0001-01-01T00:00:00Z'),
        max: new Date('9999-12-31T00:00:00Z'),
        noInvalidDate: true,
      })
      .map(date => date.toISOString().slice(0, 10))
    const near = fc.integer({ min: 0, max: 800 }).map(days => {
      const date = new Date('2023-12-20T00:00:00Z')
      date.setUTCDate(date.getUTCDate() + days)
      return date.toISOString().slice(0, 10)
    })
    const days = [
      '0001-01-01',
      '9999-12-31',
      ...fc.sample(day, { numRuns: 100, seed: 1 }),
      ...fc.sample(near, { numRuns: 100, seed: 2 }),
    ]
    for (const sold_on of days)
      await service.post('/sales', {
        shop_id: 1,
        amount: 7,
        sold_on,
        sold_at: `${sold_on}T12:00:00Z`,
      })
    const counted = (names: readonly string[]) =>
      [...Map.groupBy(names, name => name)]
        .map(([name, all]) => [name, all.length] as const)
        .sort(([one], [other]) => (one < other ? -1 : 1))
    for (const [period, toName] of [
      ['week', mondayOf],
      ['month', (day: string) => day.slice(0, 7)],
    ] as const)
      for (const field of ['sold_on', 'sold_at']) {
        const by = `${field}_${period}`
        const { json } = await service.get(`/sales/summary?group_by=${by}&amount=7`)
        t.strictSame(
          json.map((row: Record<string, unknown>) => [row[by], row.count]),
          counted(days.map(toName)),
          by,
        )
      }
  },
  { resources },
)

const notes = resource(
  'notes',
  Type.Object({
    owner: Owner(),
    kind: text(),
    size: Type.Integer({ scope: 'notes:size', examples: [1] }),
    shop_id: Ref('shops', { examples: [1] }),
  }),
  { description: 'Of one caller each', summary: true, filterableThrough: ['shop.town'] },
)

feature(
  'figures are of the rows and fields that their caller sees',
  async (t, service) => {
    const { get, post, store } = service
    const scopes = ['notes:read', 'notes:write', 'notes:size']
    const [ann, ben, all, few] = await Promise.all([
      holder(store, [...scopes, 'shops:read']),
      holder(store, scopes),
      holder(store, [...scopes, 'notes:admin']),
      holder(store, ['notes:read']),
    ])
    for (const [{ headers }, kind, size] of [
      [ann, 'a', 1],
      [ann, 'b', 2],
      [ben, 'a', 4],
    ] as const)
      t.equal((await post('/notes', { kind, size, shop_id: 1 }, headers)).status, 201)
    const sums = async ({ headers }: typeof ann, query = '') =>
      (await get(`/notes/summary?group_by=kind&sum=size${query}`, headers)).json
    t.strictSame(await sums(ann), [
      { kind: 'a', size_sum: 1 },
      { kind: 'b', size_sum: 2 },
    ])
    t.strictSame(await sums(ben), [{ kind: 'a', size_sum: 4 }])
    t.strictSame(await sums(all), [
      { kind: 'a', size_sum: 5 },
      { kind: 'b', size_sum: 2 },
    ])
    t.strictSame(await sums(ann, '&shop.town=Oslo'), await sums(ann))
    t.equal((await get('/notes/summary?shop.town=Oslo', ben.headers)).status, 403)
    for (const query of ['sum=size', 'max=size', 'group_by=size', 'size_gt=1']) {
      const answer = await get(`/notes/summary?${query}`, few.headers)
      t.equal(answer.status, 403, query)
      t.match(answer.headers['www-authenticate'], 'scope="notes:size"', query)
    }
    t.strictSame((await get('/notes/summary', few.headers)).json, [{ count: 0 }])
    t.equal((await get('/notes/summary')).status, 401)
  },
  { resources: [shops, notes] as readonly object[] as Resource[], access: required },
)

feature(
  'what is served below its parents alone has a summary there',
  async (t, { get }: Service) => {
    t.strictSame((await get('/shops/1/rooms/summary?sum=seats')).json, [{ seats_sum: 5 }])
    t.strictSame((await get('/shops/2/rooms/summary')).json, [{ count: 0 }])
    t.equal((await get('/shops/3/rooms/summary')).status, 404)
    t.equal((await get('/shops/1/rooms/summary?group_by=shop_id')).status, 400)
  },
  {
    resources: [
      shops,
      resource(
        'rooms',
        Type.Object({ shop_id: Ref('shops'), seats: Type.Integer({ examples: [2] }) }),
        {
          description: 'Of a shop',
          parent: 'shop_id',
          nestedOnly: true,
          summary: true,
          sample: [
            { shop_id: 1, seats: 2 },
            { shop_id: 1, seats: 3 },
          ],
        },
      ),
    ] as readonly object[] as Resource[],
  },
)

t.test('names that would mean two things are mistakes in the definition', async t => {
  const integer = Type.Integer({ examples: [1] })
  const code = { key: 'code' } as object
  const headcount = view({
    on: 'collection',
    summary: 'How many',
    response: Type.Object({ count: integer }),
    run: () => ({ count: 1 }),
  })
  const table: [fields: Parameters<typeof Type.Object>[0], mistake: string, options?: object][] = [
    [{ count: integer }, 'count would be a parameter of its summary twice; rename the field'],
    [{ size: integer, sum: integer }, 'sum would be a parameter of its summary twice'],
    [{ size: integer, size_avg: integer }, 'size_avg would be a member of its summary twice'],
    [{ code: text() }, "'summary' on the collection has the address of a row whose code is", code],
    [{ size: integer }, 'summary', { views: { summary: headcount } }],
  ]
  for (const [fields, mistake, options] of table) {
    const defined = resource('things', Type.Object(fields), {
      description: 'Things',
      summary: true,
      ...options,
    })
    const { message } = t.throws(() =>
      deriveModels([{ file: 'schemas/things.ts', resource: defined as object as Resource }]),
    ) as Error
    t.match(message, mistake)
  }
})
