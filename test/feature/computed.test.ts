// `computed: { total: Computed(…, row => …) }`: members that are computed of a row whenever it is read.

import { Type } from '@sinclair/typebox'
import t from 'tap'
import { deriveModels } from '../../src/definitions/load.ts'
import {
  Computed,
  Decimal,
  From,
  Line,
  MinorUnits,
  Ref,
  type Resource,
  resource,
} from '../../src/resource/resource.ts'
import { define } from '../support/definitions.ts'
import { feature, problemOf, type Service } from '../support/service.ts'

const lines = resource(
  'lines',
  Type.Object({
    title: Line({ maxLength: 20, examples: ['Nails'] }),
    quantity: Type.Integer({ minimum: 1, examples: [2] }),
    price: MinorUnits({ minimum: 0, examples: [250] }),
    secret: Type.Optional(Line({ maxLength: 9, writeOnly: true })),
    above: Type.Optional(Ref('lines')),
    above_title: Type.Optional(From('above', 'title')),
  }),
  {
    description: 'What is ordered',
    computed: {
      total: Computed(
        MinorUnits({ description: 'What all of it costs' }),
        row => row.quantity * row.price,
      ),
      label: Computed(Type.Optional(Line({ maxLength: 50 })), ({ title, above_title }) =>
        above_title === null ? null : `${above_title}: ${title}`,
      ),
      each: Computed(Decimal(10, 2), ({ title, price }) => {
        if (title === 'throws') throw new Error('no')
        return title === 'wrong' ? 'much' : String(price / 100)
      }),
    },
    listed: ['id', 'title', 'total'],
  },
)
const options = { resources: [lines] as readonly object[] as Resource[], sample: false }

async function fill({ post }: Service): Promise<void> {
  await post('/lines', { title: 'Nails', quantity: 3, price: 250 })
  await post('/lines', { title: 'Screws', quantity: 1, price: 5, above: 1, secret: 'x' })
}

feature(
  'a computed member is in what is read and written, after the fields',
  async (t, service) => {
    const { get, post, patch } = service
    await fill(service)
    const first = {
      id: 1,
      title: 'Nails',
      quantity: 3,
      price: 250,
      above: null,
      above_title: null,
      total: 750,
      label: null,
      each: '2.50',
    }
    t.equal((await get('/lines/1')).text, JSON.stringify(first))
    t.match((await get('/lines/2')).json, { total: 5, label: 'Nails: Screws', each: '0.05' })
    t.strictSame((await get('/lines')).json, [
      { id: 1, title: 'Nails', total: 750 },
      { id: 2, title: 'Screws', total: 5 },
    ])
    t.strictSame((await get('/lines?fields=each&sort=-price&limit=1')).json, [{ each: '2.50' }])
    t.strictSame((await get('/lines?fields=title')).json, [{ title: 'Nails' }, { title: 'Screws' }])
    t.strictSame((await get('/lines/2?fields=total')).json, { total: 5 })
    const created = await post('/lines', { title: 'Glue', quantity: 2, price: 10 })
    t.equal((await get('/lines/3')).text, created.text)
    t.equal((await patch('/lines/1', { quantity: 4 })).json.total, 1000)
    t.equal((await get('/lines?sort=total')).status, 400)
    t.equal((await get('/lines?total=5')).status, 400)
  },
  options,
)

feature(
  'callers cannot set it, and may send it back as it was',
  async (t, service) => {
    const { get, put, post, patch, request } = service
    await fill(service)
    const { json } = await get('/lines/1')
    t.match(await put('/lines/1', { ...json, title: 'Bolts' }), {
      status: 200,
      json: { title: 'Bolts', total: 750 },
    })
    const readOnly = { status: 422, errors: [{ pointer: '#/total', detail: 'is read-only' }] }
    t.match(problemOf(await put('/lines/1', { ...json, total: 1 })), readOnly)
    t.match(problemOf(await patch('/lines/1', { total: 1 })), readOnly)
    t.match(await patch('/lines/1', { total: 750, quantity: 1 }), { json: { total: 250 } })
    t.equal((await post('/lines', { ...json, id: 9 })).status, 422)
    const send = (body: object[]) =>
      request('PATCH', '/lines/1', {
        headers: { 'content-type': 'application/json-patch+json' },
        body: JSON.stringify(body),
      })
    t.equal((await send([{ op: 'test', path: '/total', value: 250 }])).status, 200)
    t.equal((await send([{ op: 'replace', path: '/total', value: 1 }])).status, 422)
  },
  options,
)

feature(
  'a fault of its code, or a value that its type does not allow, is a fault of the definition',
  async (t, { get, post }) => {
    for (const title of ['wrong', 'throws'])
      t.equal((await post('/lines', { title, quantity: 1, price: 1 })).status, 500)
    t.equal((await get('/lines')).text, '[]', 'and nothing was stored')
  },
  options,
)

t.test('what is wrong with it is told', async t => {
  const mistakes = (options: object) => {
    try {
      deriveModels([define('things', { name: Line({ maxLength: 9 }) }, options)])
      return []
    } catch (error) {
      return (error as { mistakes?: string[] }).mistakes
    }
  }
  const computed = (schema: object) => ({
    computed: { size: Computed(schema as never, () => 1 as never) },
  })
  t.strictSame(mistakes(computed(Type.Integer({ examples: [1] }))), [])
  const table: [options: object, mistake: RegExp][] = [
    [
      { computed: { name: Computed(Type.Integer(), () => 1) } },
      /name is computed, and a field too/,
    ],
    [
      { computed: { size: () => 1 } },
      /computed size must be Computed\(Type.Integer\(\), row => …\)/,
    ],
    [{ computed: [] }, /computed must be an object/],
    [computed(Type.Integer({ default: 1 })), /size is computed, so it cannot have default/],
    [computed(Ref('things')), /size is computed, so it cannot have a Ref/],
    [computed(Type.Integer({ minimun: 1 })), /size has minimun, which is not known/],
    [{ computed: { _x: Computed(Type.Integer(), () => 1) } }, /_x must be up to 50 of a-z/],
    [
      { ...computed(Type.Integer()), sortable: ['size'] },
      /size cannot be in sortable: it is computed/,
    ],
    [{ ...computed(Type.Integer()), unique: ['size'] }, /size cannot be in unique: it is computed/],
  ]
  for (const [options, mistake] of table) t.match(mistakes(options), [mistake], String(mistake))
})

const wide = resource('wide', Type.Object({ size: Type.Integer({ examples: [1] }) }), {
  description: 'Rows that are large by what is computed alone',
  computed: { all: Computed(Line({ maxLength: 60_000 }), ({ size }) => 'x'.repeat(size)) },
})

feature(
  'a page that is large by what is computed alone ends before it is too large',
  async (t, { get, post }) => {
    for (const size of [50_000, 1]) await post('/wide', { size })
    const { json } = await get('/wide?limit=1000')
    t.strictSame(
      json.map(({ all }: { all: string }) => all.length),
      [50_000, 1],
    )
  },
  { resources: [wide as unknown as Resource] },
)
