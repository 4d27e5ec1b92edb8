// A list of texts is filtered by what is in it: `tags=red`.

import { Type } from '@sinclair/typebox'
import { Enum, extend, Line, type Resource, resource, view } from '../../src/resource/resource.ts'
import { feature } from '../support/service.ts'

const shirts = resource(
  'shirts',
  Type.Object({
    value: Line({ maxLength: 20, examples: ['a'] }),
    tags: Type.Array(Line({ maxLength: 20, examples: ['red'] })),
    sizes: Type.Optional(Type.Array(Enum(['s', 'm', 'l']))),
    key: Type.Array(Line({ maxLength: 9 }), { default: ['red'] }),
    prices: Type.Optional(Type.Array(Type.Integer())),
  }),
  { description: 'With lists' },
)
extend(shirts, {
  views: {
    red: view({
      on: 'collection',
      summary: 'Red ones',
      response: Type.Array(Type.Object({ id: Type.Integer() })),
      *run({ db }) {
        const found = yield* db.list(shirts, { tags: 'red', sort: 'id' })
        return found.map(({ id }) => ({ id }))
      },
    }),
  },
})
const options = { resources: [shirts] as readonly object[] as Resource[], sample: false }

feature(
  'a list of texts is filtered by what is in it',
  async (t, { get, post }) => {
    await post('/shirts', { value: 'a', tags: ['red', "o'neill", '{"x"}'], sizes: ['s', 'm'] })
    await post('/shirts', { value: 'b', tags: ['blue', 'red'], sizes: [] })
    await post('/shirts', { value: 'c', tags: [], prices: [7] })
    const found = async (query: string) =>
      (await get(`/shirts?${query}`)).json.map(({ id }: { id: number }) => id)
    t.strictSame(await found('tags=red'), [1, 2])
    t.strictSame(await found('tags=blue&tags=green&tags=black'), [2], 'one of them')
    t.strictSame(await found('tags=re'), [], 'as a whole')
    t.strictSame(await found('tags_ne=blue'), [1, 3], 'without it')
    t.strictSame(await found('tags_ne=blue&tags_ne=red'), [3], 'with none of them')
    t.strictSame(await found('sizes_ne=s'), [2, 3], 'a row without a list, too')
    t.strictSame(await found('key=red'), [1, 2, 3], 'whatever its name is')
    t.strictSame(await found(`tags=${encodeURIComponent("o'neill")}`), [1])
    t.strictSame(await found(`tags=${encodeURIComponent('{"x"}')}`), [1])
    t.strictSame(await found('tags=red&sizes=m&sort=-value'), [1])
    t.strictSame(await found('sizes_is_null=true'), [3])
    t.strictSame((await get('/shirts/red')).json, [{ id: 1 }, { id: 2 }], 'so can db')
    const counted = await get('/shirts?tags=red&limit=1', { prefer: 'count=exact' })
    t.match(counted, { headers: { 'x-total-count': '2', link: /tags=red/ } })
    for (const query of ['sizes=xl', 'prices=7', 'sort=tags', 'tags_contains=r'])
      t.equal((await get(`/shirts?${query}`)).status, 400, query)
  },
  options,
)
