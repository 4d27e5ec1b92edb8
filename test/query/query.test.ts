// The plan of a list, from checked parameters to the page that its rows make.

import { Type } from '@sinclair/typebox'
import t from 'tap'
import { decodeCursor, encodeCursor } from '../../src/query/cursor.ts'
import {
  chosenFields,
  fieldsParameter,
  type ListQuery,
  listParameters,
  parseListQuery,
  rowsToPage,
} from '../../src/query/query.ts'
import { kindOf } from '../../src/resource/kinds.ts'
import { DefinitionError, type Model } from '../../src/resource/model.ts'
import { resource } from '../../src/resource/resource.ts'
import { fieldOf, modelOf, modelsOf } from '../support/model.ts'

const integer = Type.Integer()
const text = Type.String({ maxLength: 100 })

const things = resource(
  'things',
  Type.Object({ name: text, size: Type.Optional(integer), on: Type.Boolean() }),
  {
    description: 'Things',
  },
)
const model = modelOf(things)
const plan = (query: Record<string, unknown>, of: Model = model) =>
  parseListQuery(of, listParameters(of), query)
const names = (fields: readonly { name: string }[]) => fields.map(({ name }) => name)
const sortOf = ({ sort }: ListQuery) =>
  sort.map(({ field, descending }) => (descending ? '-' : '') + field.name)

t.test('without parameters it is the first twenty rows by key', async t => {
  const { signature, ...query } = plan({})
  t.match(signature, /^[\w-]{11}$/)
  t.strictSame(query, {
    filters: [],
    sort: [{ field: model.key, descending: false, prefix: undefined }],
    position: undefined,
    size: undefined,
    limit: 20,
    fields: model.fields,
    includes: [],
    columns: model.fields,
  })
})

t.test('a sort ends with the key, and names nothing twice', async t => {
  const table: [sort: string[], expected: string[]][] = [
    [[], ['id']],
    [['name'], ['name', 'id']],
    [['-name'], ['-name', '-id']],
    [
      ['-size', 'name'],
      ['-size', 'name', 'id'],
    ],
    [['id'], ['id']],
    [['-id'], ['-id']],
    [
      ['name', '-id', 'size'],
      ['name', '-id'],
    ],
    [
      ['name', '-name', 'size', 'name'],
      ['name', 'size', 'id'],
    ],
  ]
  for (const [sort, expected] of table) t.strictSame(sortOf(plan({ sort })), expected, sort.join())
})

t.test('the rows carry what is answered and what they are sorted by', async t => {
  const table: [query: Record<string, unknown>, fields: string[], columns: string[]][] = [
    [{ fields: ['name'] }, ['name'], ['name', 'id']],
    [{ fields: ['on', 'id'] }, ['id', 'on'], ['id', 'on']],
    [{ fields: ['name'], sort: ['-size', 'name'] }, ['name'], ['name', 'size', 'id']],
    [{ sort: ['size'] }, ['id', 'name', 'size', 'on'], ['id', 'name', 'size', 'on']],
  ]
  for (const [query, fields, columns] of table) {
    const found = plan(query)
    t.strictSame(
      [names(found.fields), names(found.columns)],
      [fields, columns],
      JSON.stringify(query),
    )
  }
  const listed = modelOf(
    resource('things', things.fields, { description: 'Less', listed: ['name'] }),
  )
  t.strictSame(names(plan({}, listed).fields), ['name'])
  t.equal(plan({}, listed).fields, listed.listed)
  t.strictSame(names(plan({ fields: ['on'] }, listed).fields), ['on'])
})

t.test('the fields that are chosen come in the order of the table', async t => {
  t.equal(chosenFields(model, undefined), undefined)
  t.strictSame(names(chosenFields(model, ['on', 'name', 'on']) ?? []), ['name', 'on'])
  t.strictSame(fieldsParameter(model).schema.items, {
    type: 'string',
    enum: ['id', 'name', 'size', 'on'],
  })
})

t.test('what the address implies is a filter before the others', async t => {
  const scope = { field: fieldOf(model, 'size'), operator: 'eq', values: [7] } as const
  const { filters } = parseListQuery(model, listParameters(model), { name: ['a'] }, [scope])
  t.strictSame(filters, [scope, { field: fieldOf(model, 'name'), operator: 'eq', values: ['a'] }])
})

t.test('the signature tells lists apart that do not share their cursors', async t => {
  const others = modelsOf(
    things,
    resource('items', things.fields, { description: 'The same by another name' }),
  )
  const queries: Record<string, unknown>[] = [
    {},
    { sort: ['name'] },
    { sort: ['-name'] },
    { sort: ['-id'] },
    { sort: ['name', 'size'] },
    { sort: ['size', 'name'] },
    { name: ['a'] },
    { name: ['b'] },
    { name: ['a', 'b'] },
    { name_contains: 'a' },
    { name_starts_with: 'a' },
    { size: [1] },
    { size_gt: 1 },
    { size_is_null: true },
    { size_is_null: false },
    { name: ['a'], sort: ['name'] },
  ]
  const all = Object.values(others).flatMap(of => queries.map(query => plan(query, of).signature))
  t.equal(new Set(all).size, 2 * queries.length)
  t.equal(
    plan({ sort: ['name', 'id'] }).signature,
    plan({ sort: ['name'] }).signature,
    'said or implied',
  )
  t.equal(
    plan({ limit: 5, fields: ['id'] }).signature,
    plan({}).signature,
    'limit and fields may change',
  )
})

t.test('a cursor gives the position, if it is of this list', async t => {
  const query = { sort: ['-size'], name: ['a'] }
  const position = { values: [null, 7], backward: true }
  const cursor = encodeCursor(position, plan(query).signature)
  t.strictSame(plan({ ...query, cursor }).position, position)
  const foreign = { parameter: 'cursor', message: /is not a cursor of this list/ }
  t.throws(() => plan({ ...query, name: ['b'], cursor }), foreign)
  t.throws(() => plan({ ...query, sort: ['size'], cursor }), foreign)
})

t.test('the rows found make a page and lead to those around it', async t => {
  const query = plan({ sort: ['size'], limit: 2, fields: ['name'] })
  const rows = ['a', 'b', 'c'].map((name, at) => [name, at === 0 ? null : at, at + 1])
  const [a, b, c] = rows
  const at = (backward: boolean) => ({ ...query, position: { values: [0, 9], backward } })
  const where = (cursor: string | undefined) =>
    cursor && decodeCursor(cursor, query.signature, [fieldOf(model, 'size'), model.key])
  const after = (...values: unknown[]) => ({ values, backward: false })
  const before = (...values: unknown[]) => ({ values, backward: true })
  const table: [
    name: string,
    query: ListQuery,
    found: unknown[],
    page: unknown[],
    prev: unknown,
    next: unknown,
  ][] = [
    ['the first of several', query, rows, [a, b], undefined, after(1, 2)],
    ['the only one', query, [a, b], [a, b], undefined, undefined],
    ['none', query, [], [], undefined, undefined],
    ['one between others', at(false), rows, [a, b], before(null, 1), after(1, 2)],
    ['the last', at(false), [b, c], [b, c], before(1, 2), undefined],
    ['after the last', at(false), [], [], undefined, undefined],
    ['backward between others', at(true), [c, b, a], [b, c], before(1, 2), after(2, 3)],
    ['backward to the first', at(true), [b, a], [a, b], undefined, after(1, 2)],
    ['backward before the first', at(true), [], [], undefined, undefined],
  ]
  for (const [name, query, found, expected, prev, next] of table) {
    const page = rowsToPage(query, found as never)
    t.strictSame([page.rows, where(page.prev), where(page.next)], [expected, prev, next], name)
  }
})

t.test('the parameters of a list are known, in this order', async t => {
  const { all, filters } = listParameters(model)
  t.strictSame(names(all).slice(0, 5), ['limit', 'cursor', 'sort', 'fields', 'or'])
  t.strictSame(all.slice(5), filters)
  t.strictSame(
    all.slice(0, 5).map(({ schema, commas }) => [schema, commas]),
    [
      [{ type: 'integer', minimum: 1, maximum: 1000 }, undefined],
      [{ type: 'string', maxLength: 6000 }, undefined],
      [
        {
          type: 'array',
          maxItems: 10,
          items: {
            type: 'string',
            enum: ['id', '-id', 'name', '-name', 'size', '-size', 'on', '-on'],
          },
        },
        true,
      ],
      [
        {
          type: 'array',
          minItems: 1,
          maxItems: 100,
          items: { type: 'string', enum: ['id', 'name', 'size', 'on'] },
        },
        true,
      ],
      [
        {
          type: 'array',
          maxItems: 100,
          items: { type: 'string', enum: ['id', 'name', 'size', 'on'] },
        },
        true,
      ],
    ],
  )
  const unsorted = { ...model, sortable: [] }
  t.strictSame(names(listParameters(unsorted).all).slice(0, 4), ['limit', 'cursor', 'fields', 'or'])
})

t.test('names that collide are refused with file and field', async t => {
  // Models as they are before anything has looked at them together.
  const withFields = (fields: object) => {
    const plain = Object.entries(fields).map(([name, kind]) => ({
      ...fieldOf(model, 'name'),
      name,
      kind: kindOf(undefined, kind),
    }))
    return { ...model, filterable: plain as unknown as Model['fields'] }
  }
  const table: [fields: object, collisions: string[]][] = [
    [{ area: 'integer', area_gte: 'integer' }, ['area_gte']],
    [{ name: 'string', name_contains: 'string' }, ['name_contains']],
    [{ limit: 'integer' }, ['limit']],
    [{ cursor: 'string', sort: 'string', fields: 'string' }, ['cursor', 'sort', 'fields']],
    [{ q: 'string' }, ['q']],
  ]
  for (const [fields, collisions] of table) {
    try {
      listParameters(withFields(fields))
      t.fail(JSON.stringify(fields))
    } catch (error) {
      t.ok(error instanceof DefinitionError)
      for (const name of collisions)
        t.match(
          (error as Error).message,
          `  schemas/things.ts: ${name} collides with a parameter of its list; rename the field`,
        )
    }
  }
  t.doesNotThrow(() => listParameters(withFields({ area: 'boolean', area_gte: 'integer' })))
})

t.test(
  'a long text is sorted by its first 200 characters, and a cursor carries no more of it',
  async t => {
    const long = modelOf(
      resource('essays', Type.Object({ text: Type.String() }), { description: 'Essays' }),
    )
    const query = plan({ sort: ['text'], limit: 1 }, long)
    t.strictSame(
      query.sort.map(({ prefix }) => prefix),
      [200, undefined],
    )
    const sortFields = query.sort.map(({ field }) => field)
    const table: [text: string, carried: string][] = [
      ['short', 'short'],
      ['a'.repeat(201), 'a'.repeat(200)],
      ['\u{1f600}'.repeat(201), '\u{1f600}'.repeat(200)],
      [`${'a'.repeat(199)}\u{1f600}b`, `${'a'.repeat(199)}\u{1f600}`],
    ]
    for (const [text, carried] of table) {
      const row = [1, text]
      const { next } = rowsToPage(query, [row, row])
      t.strictSame(decodeCursor(next ?? '', query.signature, sortFields).values, [carried, 1])
    }
  },
)
