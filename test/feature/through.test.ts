// A list is filtered by fields of the rows that it refers to: `customer.country=NO`, as far as the caller may see them.

import { Type } from '@sinclair/typebox'
import t from 'tap'
import { deriveModels } from '../../src/definitions/load.ts'
import { Enum, extend, Ref, type Resource, resource, view } from '../../src/resource/resource.ts'
import { holder, required } from '../support/access.ts'
import { linksOf } from '../support/pages.ts'
import { feature, problemOf, type Received } from '../support/service.ts'

const text = (options = {}) => Type.String({ maxLength: 100, examples: ['A'], ...options })
const ids = ({ json }: Received): number[] => json.map(({ id }: { id: number }) => id)

const countries = resource(
  'countries',
  Type.Object({ code: text({ minLength: 2, examples: ['NO'] }), name: text() }),
  {
    description: 'Where',
    key: 'code',
    sample: [
      { code: 'NO', name: 'Norway' },
      { code: 'SE', name: 'Sweden' },
    ],
  },
)
const customers = resource(
  'customers',
  Type.Object({
    name: text(),
    country: Type.Optional(Ref<string>('countries', { examples: ['NO'] })),
    tags: Type.Array(text(), { default: [] }),
    credit: Type.Integer({ default: 0, scope: 'customers:credit' }),
    note: text({ default: '' }),
  }),
  {
    description: 'Who buys',
    filterable: ['id', 'name', 'country', 'tags', 'credit'],
    keepDeleted: true,
    visible: caller =>
      caller.claims.country === undefined ? true : { country: String(caller.claims.country) },
    sample: [
      { name: 'Ada', country: 'NO', tags: ['vip', 'old'], credit: 10 },
      { name: 'Bob', country: 'SE', tags: ['old'] },
      { name: 'Cem', credit: 5 },
    ],
  },
)
const orders = resource(
  'orders',
  Type.Object({
    customer_id: Type.Optional(Ref('customers', { examples: [1] })),
    follows: Type.Optional(Ref('orders', { onDelete: 'null', examples: [1] })),
    status: Enum(['open', 'paid'], { default: 'open', examples: ['open'] }),
  }),
  {
    description: 'What was ordered',
    parent: 'customer_id',
    filterableThrough: [
      'customer.name',
      'customer.country',
      'customer.tags',
      'customer.credit',
      'follows_row.status',
    ],
    sample: [
      { customer_id: 1 },
      { customer_id: 2, status: 'paid' },
      { customer_id: 3, follows: 2 },
      { customer_id: 1, follows: 1, status: 'paid' },
      {},
    ],
  },
)
extend(orders, {
  views: {
    norwegian: view({
      on: 'collection',
      summary: 'Those to Norway',
      response: Type.Array(Type.Object({ id: Type.Integer() })),
      *run({ db }) {
        const found = yield* db.list(orders, { 'customer.country': 'NO' })
        return found.map(({ id }) => ({ id }))
      },
    }),
  },
})
const resources = [countries, customers, orders] as readonly object[] as Resource[]

feature(
  'a field of the row that is referred to has the filters that it has in its own list',
  async (t, { get }) => {
    const table: [query: string, expected: number[]][] = [
      ['customer.name=Ada', [1, 4]],
      ['customer.name=Ada&customer.name=Cem', [1, 3, 4]],
      ['customer.name_ne=Ada', [2, 3]],
      ['customer.name_icontains=B', [2]],
      ['customer.name_starts_with=C', [3]],
      ['customer.country=NO', [1, 4]],
      ['customer.country_ne=NO', [2, 3]],
      ['customer.country_is_null=true', [3]],
      ['customer.tags=old', [1, 2, 4]],
      ['customer.tags_ne=vip', [2, 3]],
      ['customer.credit_gte=5', [1, 3, 4]],
      ['customer.country=NO&status=paid', [4]],
      ['customer.name=Ada&customer.country=SE', []],
      ['follows_row.status=paid', [3]],
      ['follows_row.status=open&customer.name=Ada', [4]],
      ['or=customer.country,status&customer.country=SE&status=open', [1, 2, 3, 5]],
    ]
    for (const [query, expected] of table) {
      const answer = await get(`/orders?${query}`, { prefer: 'count=exact' })
      t.strictSame([answer.status, ids(answer)], [200, expected], query)
      t.equal(answer.headers['x-total-count'], String(expected.length), query)
    }
    t.strictSame(ids(await get('/orders/norwegian')), [1, 4], 'so can db')
    const first = await get('/orders?customer.tags=old&limit=2&include=customer&fields=id')
    t.strictSame(ids(first), [1, 2])
    t.equal(first.json[1].customer.name, 'Bob')
    t.strictSame(ids(await get(linksOf(first).next ?? '')), [4], 'and its next page')
    const csv = await get('/orders?customer.name=Cem&fields=id,status', { accept: 'text/csv' })
    t.equal(csv.text, 'id,status\r\n3,open\r\n')
    for (const query of ['customer.note=a', 'customer.colour=a', 'customer=1', 'seller.name=A'])
      t.equal((await get(`/orders?${query}`)).status, 400, query)
    const wrong = await get('/orders?customer.credit_gte=x')
    t.strictSame(problemOf(wrong).errors, [
      { parameter: 'customer.credit_gte', in: 'query', detail: 'must be integer' },
    ])
    const below = await get('/customers/1/orders?customer.name=Ada')
    t.equal(below.status, 400, 'below a customer there is no choice')
    t.strictSame(ids(await get('/customers/1/orders?follows_row.status=open')), [4])
  },
  { resources },
)

feature(
  'a row that is deleted is not there for filters either',
  async (t, { get, post, delete: remove, patch }) => {
    await post('/customers', { name: 'Dee' })
    const made = await post('/orders', { customer_id: 4 })
    t.strictSame(ids(await get('/orders?customer.name=Dee')), [made.json.id])
    await patch(`/orders/${made.json.id}`, { customer_id: 3 })
    t.equal((await remove('/customers/4')).status, 204)
    t.strictSame(ids(await get('/orders?customer.name=Dee')), [])
    t.strictSame(ids(await get('/orders?customer.name_ne=Dee')), [1, 2, 3, 4, made.json.id])
  },
  { resources },
)

feature(
  'a filter finds only by what its caller could read at the address of the other row',
  async (t, { get, store }) => {
    const scopes = ['orders:read', 'customers:read']
    const norway = { claims: { country: 'NO' } }
    const [all, some, few, poor] = await Promise.all([
      holder(store, ['orders:read', 'customers:read', 'customers:credit']),
      holder(store, [...scopes, 'customers:credit'], norway),
      holder(store, scopes),
      holder(store, ['orders:read']),
    ])
    const found = async (query: string, { headers }: typeof all) =>
      ids(await get(`/orders?${query}`, headers))
    t.strictSame(await found('customer.name_ne=x', all), [1, 2, 3, 4])
    t.strictSame(await found('customer.name_ne=x', some), [1, 4], 'those that are seen')
    t.strictSame(await found('customer.name=Bob', some), [])
    t.strictSame(await found('or=status,customer.name&status=paid&customer.name=Bob', some), [2, 4])
    t.strictSame(await found('or=customer.credit,customer.name&customer.name=Bob', some), [])
    t.strictSame(await found('customer.country_is_null=true', some), [])
    const refused: [query: string, holder: typeof all, scope: string][] = [
      ['customer.name=Ada', poor, 'customers:read'],
      ['customer.credit=10', few, 'customers:credit'],
      ['or=status,customer.credit&status=open&customer.credit_gt=1', few, 'customers:credit'],
    ]
    for (const [query, { headers }, scope] of refused) {
      const answer = await get(`/orders?${query}`, headers)
      t.equal(answer.status, 403, query)
      t.match(answer.headers['www-authenticate'], `scope="${scope}"`)
      const parameter = query.split('&').at(-1)?.split('=')[0]
      t.strictSame(problemOf(answer).errors, [
        { parameter, in: 'query', detail: `needs the scope ${scope}` },
      ])
    }
    t.strictSame(await found('status=paid', poor), [2, 4], 'its own fields need none')
    t.equal((await get('/orders?customer.name=Ada')).status, 401)
  },
  { resources, access: required },
)

feature(
  'everyone filters by rows that everyone may read, and by no others',
  async (t, { get }) => {
    t.strictSame(ids(await get('/pets?owner.name=Ann')), [1])
    t.equal((await get('/pets?vet.name=Ann')).status, 401)
  },
  {
    access: { required: true, publicRead: new Set(['pets', 'owners']) },
    resources: [
      resource('owners', Type.Object({ name: text() }), {
        description: 'Whose they are',
        sample: [{ name: 'Ann' }],
      }),
      resource('vets', Type.Object({ name: text() }), {
        description: 'Who heals them',
        sample: [{ name: 'Ann' }],
      }),
      resource(
        'pets',
        Type.Object({
          owner_id: Ref('owners', { examples: [1] }),
          vet_id: Ref('vets', { examples: [1] }),
        }),
        {
          description: 'Animals',
          filterableThrough: ['owner.name', 'vet.name'],
          sample: [{ owner_id: 1, vet_id: 1 }],
        },
      ),
    ],
  },
)

t.test('what cannot be filtered by is a mistake in the definition', async t => {
  const table: [name: string, mistake: string][] = [
    ['owner.nam', "owners are not filtered by nam; did you mean 'name'?"],
    ['owner.photo', 'owners are not filtered by photo'],
    [
      'onwer.name',
      "must be the name of a row that is referred to, a dot, and a field of it; did you mean 'owner'?",
    ],
    ['zebra.name', 'a field of it, which can be owner'],
    ['owner_id', 'a field of it'],
    ['owner.name.x', 'a field of it'],
  ]
  const owners = resource(
    'owners',
    Type.Object({ name: text(), photo: Type.Object({ url: text() }) }),
    { description: 'Owners' },
  )
  for (const [name, mistake] of table) {
    const pets = resource('pets', Type.Object({ owner_id: Ref('owners') }), {
      description: 'Pets',
      filterableThrough: [name as 'a.b'],
    })
    const defined = [owners, pets].map(resource => ({
      file: `schemas/${resource.name}.ts`,
      resource: resource as object as Resource,
    }))
    const { message } = t.throws(() => deriveModels(defined)) as Error
    t.match(message, `schemas/pets.ts: ${name} is named in filterableThrough, but`)
    t.match(message, mistake)
  }
})
