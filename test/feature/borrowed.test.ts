// `From('customer_id', 'name')`: a member of the row that a reference names, filtered and sorted like any other.

import { Type } from '@sinclair/typebox'
import t from 'tap'
import { deriveModels } from '../../src/definitions/load.ts'
import {
  action,
  Decimal,
  Enum,
  extend,
  From,
  Line,
  Password,
  Ref,
  Refs,
  type Resource,
  resource,
} from '../../src/resource/resource.ts'
import { define } from '../support/definitions.ts'
import { feature, problemOf, type Service } from '../support/service.ts'

const customers = resource(
  'customers',
  Type.Object({
    name: Line({ maxLength: 40, description: 'In full', examples: ['Ada'] }),
    country: Type.Optional(Enum(['NO', 'SE'])),
    credit: Decimal(10, 2, { default: '5.00' }),
    seen: Type.Array(Line({ maxLength: 9 }), { default: [] }),
  }),
  { description: 'Who orders' },
)
const orders = resource(
  'orders',
  Type.Object({
    customer_id: Ref('customers'),
    agent_id: Type.Optional(Ref('customers')),
    after: Type.Optional(Ref('orders', { onDelete: 'null' })),
    note: Line({ maxLength: 40, examples: ['a'] }),
    customer_name: From('customer_id', 'name'),
    country: Type.Optional(From('customer_id', 'country')),
    credit: From('customer_id', 'credit'),
    seen: From<string[]>('customer_id', 'seen'),
    agent_name: Type.Optional(From('agent_id', 'name', { description: 'Who sold it' })),
    after_note: Type.Optional(From('after', 'note')),
  }),
  {
    description: 'What they order',
    parent: 'customer_id',
    listed: ['id', 'note', 'customer_name'],
  },
)
const seen: unknown[] = []
extend(orders, {
  hooks: {
    beforeWrite({ after, before }) {
      seen.push([before?.customer_name, after?.customer_name])
      return after?.note === 'set' ? { customer_name: 'Eve' } : {}
    },
    afterWrite({ after }) {
      seen.push(after?.customer_name)
    },
  },
  actions: {
    rename: action({
      summary: 'Rename the customer',
      *run({ row, db }) {
        yield* db.change(customers, row.customer_id, { name: `${row.customer_name}!` })
        const [first] = yield* db.list(orders, { customer_name_starts_with: 'Ada', sort: 'credit' })
        return { note: String(first?.customer_name) }
      },
    }),
  },
})
const options = { resources: [customers, orders] as readonly object[] as Resource[], sample: false }

async function fill({ post }: Service): Promise<void> {
  await post('/customers', { name: 'Ada', country: 'NO', credit: '10.00', seen: ['a', 'b'] })
  await post('/customers', { name: 'Ben', credit: '9.50' })
  await post('/orders', { customer_id: 1, agent_id: 2, note: 'one' })
  await post('/orders', { customer_id: 2, note: 'two', after: 1 })
  await post('/orders', { customer_id: 1, note: 'three', after: 3 })
}

feature(
  'a member of another row is in what is returned, as it is there',
  async (t, service) => {
    const { get, patch, post } = service
    await fill(service)
    const first = {
      id: 1,
      customer_id: 1,
      agent_id: 2,
      after: null,
      note: 'one',
      customer_name: 'Ada',
      country: 'NO',
      credit: '10.00',
      seen: ['a', 'b'],
      agent_name: 'Ben',
      after_note: null,
    }
    t.strictSame((await get('/orders/1')).json, first)
    t.match((await get('/orders/2')).json, { country: null, agent_name: null, after_note: 'one' })
    t.strictSame((await get('/orders?limit=1')).json, [
      { id: 1, note: 'one', customer_name: 'Ada' },
    ])
    t.strictSame((await get('/customers/2/orders?fields=credit,after_note')).json, [
      { credit: '9.50', after_note: 'one' },
    ])
    const created = await post('/orders', { customer_id: 2, note: 'four' })
    t.match(created.json, { customer_name: 'Ben', credit: '9.50', seen: [] })
    t.equal((await get('/orders/4')).text, created.text)
    const itself = await patch('/orders/4', { after: 4, note: 'own' })
    t.equal(itself.json.after_note, 'own', 'also of its own row')
    t.equal((await get('/orders/4')).headers.etag, itself.headers.etag)
    t.equal((await patch('/orders/4', { customer_id: 1 })).json.customer_name, 'Ada')
  },
  options,
)

feature(
  'it is filtered, sorted and paged like a field of the row',
  async (t, service) => {
    await fill(service)
    const found = async (query: string) =>
      (await service.get(`/orders?${query}`)).json.map(({ id }: { id: number }) => id)
    t.strictSame(await found('customer_name=Ada'), [1, 3])
    t.strictSame(await found('customer_name=Ada&customer_name=Ben&note=two'), [2])
    t.strictSame(await found('customer_name_starts_with=B'), [2])
    t.strictSame(await found('customer_name_ne=Ada'), [2])
    t.strictSame(await found('customer_name_icontains=AD'), [1, 3])
    t.strictSame(await found('agent_name_ne=nobody'), [1, 2, 3], 'those without an agent, too')
    t.strictSame(await found('credit_lt=10'), [2])
    t.strictSame(await found('country=NO'), [1, 3])
    t.strictSame(await found('seen=b'), [1, 3])
    t.strictSame(await found('agent_name_is_null=true'), [2, 3])
    t.strictSame(await found('agent_name_is_null=false'), [1])
    t.strictSame(await found('sort=-customer_name,-id'), [2, 3, 1])
    t.strictSame(await found('sort=agent_name,-credit'), [3, 2, 1])
    const counted = await service.get('/orders?customer_name=Ada', { prefer: 'count=exact' })
    t.equal(counted.headers['x-total-count'], '2')
    for (const sort of ['customer_name', '-credit', 'after_note', '-after_note,country']) {
      const whole = await found(`sort=${sort}`)
      const paged: number[] = []
      let next: string | undefined = `/orders?sort=${sort}&limit=1`
      while (next !== undefined) {
        const page = await service.get(next)
        paged.push(...page.json.map(({ id }: { id: number }) => id))
        next = /<([^>]+)>; rel="next"/.exec(String(page.headers.link))?.[1]
      }
      t.strictSame(paged, whole, sort)
    }
    t.equal((await service.get('/orders?sort=seen')).status, 400)
  },
  options,
)

feature(
  'a change there is a new state of what is shown, and no change of the row',
  async (t, service) => {
    const { get, patch, put } = service
    await fill(service)
    const { headers, json } = await get('/orders/1')
    const etag = String(headers.etag)
    t.equal((await get('/orders/1', { 'if-none-match': etag })).status, 304)
    await patch('/customers/1', { name: 'Adele' })
    const now = await get('/orders/1', { 'if-none-match': etag })
    t.match([now.status, now.json.customer_name], [200, 'Adele'])
    t.not(now.headers.etag, etag)
    t.equal((await patch('/orders/1', { note: 'new' }, { 'if-match': etag })).status, 200)
    t.equal((await patch('/orders/1', { note: 'newer' }, { 'if-match': etag })).status, 412)
    const current = (await get('/orders/1')).json
    t.match(await put('/orders/1', { ...current, note: 'put' }), { status: 200 })
    t.match(problemOf(await put('/orders/1', { ...json, note: 'put' })), {
      status: 422,
      errors: [{ pointer: '#/customer_name', detail: 'is read-only' }],
    })
    t.equal((await patch('/orders/1', { customer_name: 'Eve' })).status, 422)
  },
  options,
)

feature(
  'hooks see it once the row is stored, db asks by it, and code cannot set it',
  async (t, service) => {
    const { post, patch } = service
    seen.length = 0
    await fill(service)
    t.strictSame(seen.slice(0, 2), [[undefined, null], 'Ada'])
    t.match(await post('/orders/2/rename', {}), { json: { note: 'Ada', customer_name: 'Ben!' } })
    t.equal((await patch('/orders/1', { note: 'set' })).status, 500)
    t.equal((await post('/orders', { customer_id: 1, note: 'x', customer_name: 'y' })).status, 422)
  },
  options,
)

t.test('what is wrong with it is told', async t => {
  const fields = {
    name: Line({ maxLength: 9 }),
    maybe: Type.Optional(Line({ maxLength: 9 })),
    secret: Type.Optional(Password()),
    tags: Refs('tags'),
    own: Type.Optional(Ref('tags')),
    far: Type.Optional(From('own', 'id')),
  }
  const tags = define('tags', fields)
  const owned = define('owned', { name: Line({ maxLength: 9 }) }, { owner: true })
  const mistakes = (field: object, options = {}) => {
    const own = { tag: Ref('tags'), perhaps: Type.Optional(Ref('tags')), mine: Ref('owned'), field }
    try {
      deriveModels([tags, owned, define('things', own as never, options)])
      return []
    } catch (error) {
      return (error as { mistakes?: string[] }).mistakes
    }
  }
  t.strictSame(mistakes(From('tag', 'name')), [])
  const table: [field: object, mistake: RegExp][] = [
    [From('tagg', 'name'), /field is from 'tagg', but things has no such field.*'tag'/],
    [From('field', 'name'), /field is from 'field', which must be a reference: field: Ref\('…'\)/],
    [From('tag', 'nam'), /field is from 'nam' of tags, but there is no such field.*'name'/],
    [From('tag', 'far'), /is from far of tags, which is from another row itself/],
    [From('tag', 'tags'), /is from tags of tags, which is a list of keys/],
    [From('tag', 'secret'), /is from secret of tags, which is writeOnly/],
    [From('tag', 'maybe'), /field may be null, .* write Type.Optional\(From\(…\)\)/],
    [From('perhaps', 'name'), /field may be null/],
    [From('mine', 'name'), /is from owned, of which not every caller sees every row/],
    [
      From('tag', 'name', { default: 'x' } as object),
      /field is the value of another row, so it cannot have default/,
    ],
  ]
  for (const [field, mistake] of table) t.match(mistakes(field), [mistake], String(mistake))
  for (const option of ['unique', 'index'])
    t.match(mistakes(From('tag', 'name'), { [option]: ['field'] }), [
      /field cannot be in \w+: it is the value of another row/,
    ])
})
