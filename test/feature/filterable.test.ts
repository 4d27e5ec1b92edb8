// A resource says which of its fields lists may be filtered and sorted by; names that collide stop the start.

import { Type } from '@sinclair/typebox'
import t from 'tap'
import { deriveModels } from '../../src/definitions/load.ts'
import { resource } from '../../src/resource/resource.ts'
import { feature, problemOf } from '../support/service.ts'

const area = Type.Integer()
const fields = Type.Object({ name: Type.String({ maxLength: 100 }), area, population: area })
const sample = [
  { name: 'b', area: 1, population: 3 },
  { name: 'a', area: 2, population: 4 },
]
const places = resource('places', fields, {
  description: 'Filtered and sorted by little',
  filterable: ['name'],
  sortable: ['area', 'name'],
  sample,
})
const lakes = resource('lakes', fields, {
  description: 'Neither filtered nor sorted',
  filterable: [],
  sortable: [],
  sample,
})

feature(
  'only the named fields are filtered and sorted by',
  async (t, { get, document }) => {
    const allowed: [url: string, expected: number[]][] = [
      ['/places?name=a', [2]],
      ['/places?name_contains=b&sort=-area', [1]],
      ['/places?sort=-area', [2, 1]],
      ['/places?sort=name&fields=id', [2, 1]],
      ['/places?fields=id,population', [1, 2]],
      ['/lakes?limit=1', [1]],
      ['/lakes?fields=id,area', [1, 2]],
    ]
    for (const [url, expected] of allowed) {
      const { status, json } = await get(url)
      t.strictSame([status, json.map(({ id }: { id: number }) => id)], [200, expected], url)
    }
    const unknown = 'is not a known parameter'
    const words = 'must be one of: name, -name, area, -area'
    const refused: [url: string, parameter: string, detail: string][] = [
      ['/places?area=1', 'area', unknown],
      ['/places?id=1', 'id', unknown],
      ['/places?population_gt=1', 'population_gt', unknown],
      ['/places?sort=population', 'sort', words],
      ['/places?sort=id', 'sort', words],
      ['/lakes?name=a', 'name', unknown],
      ['/lakes?sort=name', 'sort', unknown],
      ['/lakes?sort=', 'sort', unknown],
    ]
    for (const [url, parameter, detail] of refused) {
      const answer = await get(url)
      t.equal(answer.status, 400, url)
      t.strictSame(problemOf(answer).errors, [{ parameter, in: 'query', detail }], url)
    }
    const documented = (path: string) => {
      const operation = document.paths[path]?.get as unknown as {
        parameters: { $ref?: string; name?: string }[]
      }
      return operation.parameters.map(({ $ref, name }) => name ?? $ref?.split('/').at(-1))
    }
    const conditions = ['IfMatch', 'IfNoneMatch', 'PreferCountCsv']
    t.strictSame(documented('/lakes'), ['Limit', 'Cursor', 'Fields', ...conditions])
    t.strictSame(documented('/places'), [
      'Limit',
      'Cursor',
      'sort',
      'Fields',
      'name',
      'name_ne',
      'name_contains',
      'name_icontains',
      'name_starts_with',
      ...conditions,
    ])
  },
  { resources: [places, lakes] },
)

const text = Type.String()
const day = Type.String({ format: 'date' })

t.test(
  'a field whose name collides with a parameter stops the start, before any table is made',
  async t => {
    const table: [fields: Parameters<typeof Type.Object>[0], collisions: string[]][] = [
      [{ area, area_gte: area }, ['area_gte']],
      [{ area_gt: text, area }, ['area_gt']],
      [{ day, day_lt: text }, ['day_lt']],
      [{ name: text, name_contains: text }, ['name_contains']],
      [{ name: text, name_icontains: text }, ['name_icontains']],
      [{ name: text, name_ne: text }, ['name_ne']],
      [{ name: text, name_starts_with: text }, ['name_starts_with']],
      [{ name: Type.Optional(area), name_is_null: text }, ['name_is_null']],
      [{ id_gt: text }, ['id_gt']],
      [{ limit: area }, ['limit']],
      [{ cursor: text }, ['cursor']],
      [{ sort: text }, ['sort']],
      [{ fields: text }, ['fields']],
      [{ or: text }, ['or']],
      [{ q: text }, ['q']],
      [{ limit: area, q: text }, ['limit', 'q']],
    ]
    for (const [fields, collisions] of table) {
      const defined = {
        file: 'schemas/places.ts',
        resource: resource('places', Type.Object(fields), { description: 'x' }),
      }
      const lines = collisions.map(
        name =>
          `  schemas/places.ts: ${name} collides with a parameter of its list; rename the field`,
      )
      t.throws(
        () => deriveModels([defined as never]),
        { message: new RegExp(`${lines.join('\n')}$`) },
        String(collisions),
      )
    }
  },
)

t.test('names that no parameter has may be used', async t => {
  const table: [fields: Parameters<typeof Type.Object>[0], options: object][] = [
    [{ area, area_contains: text }, {}],
    [{ name: text, name_gt: text, name_is_null: text }, {}],
    [{ area, area_gte: area }, { filterable: ['area'] }],
    [{ limit: area, q: text }, { filterable: [] }],
  ]
  for (const [fields, options] of table) {
    const defined = resource('places', Type.Object(fields), { description: 'x', ...options })
    t.doesNotThrow(() => deriveModels([{ file: 'schemas/places.ts', resource: defined as never }]))
  }
})
