// Statements that read, as text and values for SQLite.

import { Type } from '@sinclair/typebox'
import t from 'tap'
import { maxPageBytes } from '../../src/query/page-size.ts'
import { listParameters, parseListQuery } from '../../src/query/query.ts'
import type { Model } from '../../src/resource/model.ts'
import { Ref, resource } from '../../src/resource/resource.ts'
import type { SqlValue } from '../../src/resource/row.ts'
import { endOfPrefix } from '../../src/store/condition.ts'
import { selectCount, selectForUpdate, selectMember, selectPage } from '../../src/store/select.ts'
import { sqliteDialect } from '../../src/store/sqlite/dialect.ts'
import type { Statement } from '../../src/store/store.ts'
import { modelToTable } from '../../src/store/table.ts'
import { fieldOf, modelsOf } from '../support/model.ts'

const { trees, notes } = modelsOf(
  resource('parks', Type.Object({ name: Type.String() }), { description: 'Parks' }),
  resource(
    'trees',
    Type.Object({
      park_id: Ref('parks'),
      name: Type.String({ maxLength: 50 }),
      height: Type.Optional(Type.Number()),
    }),
    { description: 'Trees', parent: 'park_id' },
  ),
  resource('notes', Type.Object({ text: Type.String() }), {
    description: 'Notes',
    keepDeleted: true,
  }),
) as { trees: Model; notes: Model }

const table = modelToTable(sqliteDialect, trees)
const noteTable = modelToTable(sqliteDialect, notes)
const inPark = (park: number) => [
  { field: fieldOf(trees, 'park_id'), operator: 'eq', values: [park] } as const,
]
const columns = '"id", "park_id", "name", "height"'

t.test('a member by its key', async t => {
  const text = `select ${columns}, "_rev" from "trees" where "id" = ?1`
  t.strictSame(selectMember(table, 7), { text, values: [7] })
  t.strictSame(selectForUpdate(table, 7), { text, values: [7] })
})

t.test('a member below its parent', async t => {
  const text = `select ${columns}, "_rev" from "trees" where "id" = ?1 and "park_id" = ?2`
  t.strictSame(selectMember(table, 7, inPark(3)), { text, values: [7, 3] })
  t.strictSame(selectForUpdate(table, 7, inPark(3)), { text, values: [7, 3] })
})

/** A select that may look at more rows than it returns asks for each of them whether there is time left. */
function timed(statement: Statement): Statement {
  const [, selected, conditions, rest] =
    /^(.*?)(?: where (.*?))?((?: order by .*)?)$/.exec(statement.text) ?? []
  const all = ['in_time()', ...(conditions === undefined ? [] : [conditions])]
  return { ...statement, text: `${selected} where ${all.join(' and ')}${rest}`, timed: true }
}

t.test('a select that finds its rows by the key alone needs no limit of time', async t => {
  t.notMatch(selectPage(table, plan({})).text, 'in_time')
  t.equal(
    selectPage(table, plan({ sort: ['name'] })).text,
    `select ${columns} from "trees" where in_time() order by "name" asc, "id" asc limit ?1`,
  )
  t.equal(
    selectCount(table, plan({ name: ['a'] }).filters).text,
    'select count(*) from "trees" where in_time() and "name" = ?1',
  )
})

t.test('what is marked as deleted is not there', async t => {
  const member =
    'select "id", "text", "_rev" from "notes" where "id" = ?1 and "_deleted_at" is null'
  t.strictSame(selectMember(noteTable, 7), { text: member, values: [7] })
  t.strictSame(
    selectCount(noteTable, []),
    timed({ text: 'select count(*) from "notes" where "_deleted_at" is null', values: [] }),
  )
  t.strictSame(
    selectPage(noteTable, parseListQuery(notes, listParameters(notes), {})),
    timed({
      text: 'select "id", "text" from "notes" where "_deleted_at" is null order by "id" asc limit ?1',
      values: [21],
      size: { texts: [1], fixed: 72, most: maxPageBytes },
    }),
  )
})

const plan = (query: Record<string, unknown>, park?: number) =>
  parseListQuery(trees, listParameters(trees), query, park === undefined ? [] : inPark(park))

t.test('what begins with a text is before the end of it, and nothing else is', async t => {
  for (const [prefix, end] of [
    ['a', 'b'],
    ['az', 'a{'],
    ['a\ud7ff', 'a\ue000'],
    ['a\uffff', 'a\u{10000}'],
    ['a\u{10ffff}', 'b'],
    ['\u{10ffff}', undefined],
    ['', undefined],
  ] as const)
    t.equal(endOfPrefix(prefix), end, prefix)
})

t.test('filters', async t => {
  const filtered: [query: Record<string, unknown>, conditions: string, values: SqlValue[]][] = [
    [{ name: ['a'] }, '"name" = ?1', ['a']],
    [{ name: ['a', 'b', 'c'] }, '"name" in (?1, ?2, ?3, ?4)', ['a', 'b', 'c', 'c']],
    [{ name_ne: ['a'] }, '("name" is null or not ("name" = ?1))', ['a']],
    [{ height_ne: [1, 2] }, '("height" is null or not ("height" in (?1, ?2)))', [1, 2]],
    [{ height_gt: 1.5 }, '"height" > ?1', [1.5]],
    [{ height_gte: 1.5 }, '"height" >= ?1', [1.5]],
    [{ height_lt: 1.5 }, '"height" < ?1', [1.5]],
    [{ height_lte: 1.5 }, '"height" <= ?1', [1.5]],
    [{ height_is_null: true }, '"height" is null', []],
    [{ height_is_null: false }, '"height" is not null', []],
    [{ name_contains: '%' }, 'instr("name", ?1) > 0', ['%']],
    [{ name_icontains: 'ä' }, 'instr(unicode_upper("name"), unicode_upper(?1)) > 0', ['ä']],
    [{ name_starts_with: 'a_' }, '"name" >= ?1 and "name" < ?2', ['a_', 'a`']],
    [{ name_starts_with: '\u{10ffff}' }, '"name" >= ?1', ['\u{10ffff}']],
    [
      { height_lt: 9, name: ['a'], id: [1, 2] },
      '"id" in (?1, ?2) and "name" = ?3 and "height" < ?4',
      [1, 2, 'a', 9],
    ],
  ]
  for (const [query, conditions, values] of filtered) {
    const { filters } = plan(query)
    t.strictSame(
      selectCount(table, filters),
      timed({ text: `select count(*) from "trees" where ${conditions}`, values }),
    )
    t.strictSame(
      selectPage(table, plan({ ...query, limit: 5 })),
      timed({
        text: `select ${columns} from "trees" where ${conditions} order by "id" asc limit ?${values.length + 1}`,
        values: [...values, 6],
      }),
    )
  }
})

interface PageCase {
  readonly query: Record<string, unknown>
  readonly park?: number
  readonly at?: readonly SqlValue[]
  readonly backward?: boolean
  readonly where: string
  readonly order: string
  readonly values: readonly SqlValue[]
}

const byHeight = {
  up: '"height" asc nulls first, "id" asc',
  down: '"height" desc nulls last, "id" desc',
}

const pages: readonly PageCase[] = [
  { query: {}, where: '', order: '"id" asc', values: [21] },
  {
    query: { limit: 1000 },
    park: 3,
    where: '"park_id" = ?1',
    order: '"id" asc',
    values: [3, 1001],
  },
  { query: {}, at: [7], where: '"id" > ?1', order: '"id" asc', values: [7, 21] },
  { query: {}, at: [7], backward: true, where: '"id" < ?1', order: '"id" desc', values: [7, 21] },
  { query: { sort: ['-id'] }, at: [7], where: '"id" < ?1', order: '"id" desc', values: [7, 21] },
  {
    query: { sort: ['-id'] },
    at: [7],
    backward: true,
    where: '"id" > ?1',
    order: '"id" asc',
    values: [7, 21],
  },
  {
    query: {},
    park: 3,
    at: [7],
    where: '"park_id" = ?1 and "id" > ?2',
    order: '"id" asc',
    values: [3, 7, 21],
  },
  {
    query: { sort: ['name'] },
    at: ['a', 7],
    where: '"name" >= ?4 and ("name" > ?1 or ("name" = ?2 and "id" > ?3))',
    order: '"name" asc, "id" asc',
    values: ['a', 'a', 7, 'a', 21],
  },
  {
    query: { sort: ['-name'] },
    at: ['a', 7],
    where: '"name" <= ?4 and ("name" < ?1 or ("name" = ?2 and "id" < ?3))',
    order: '"name" desc, "id" desc',
    values: ['a', 'a', 7, 'a', 21],
  },
  {
    query: { sort: ['-name'] },
    at: ['a', 7],
    backward: true,
    where: '"name" >= ?4 and ("name" > ?1 or ("name" = ?2 and "id" > ?3))',
    order: '"name" asc, "id" asc',
    values: ['a', 'a', 7, 'a', 21],
  },
  { query: { sort: ['height'] }, where: '', order: byHeight.up, values: [21] },
  {
    query: { sort: ['height'] },
    at: [2.5, 7],
    where: '"height" >= ?4 and ("height" > ?1 or ("height" = ?2 and "id" > ?3))',
    order: byHeight.up,
    values: [2.5, 2.5, 7, 2.5, 21],
  },
  {
    query: { sort: ['height'] },
    at: [null, 7],
    where: '("height" is not null or ("height" is null and "id" > ?1))',
    order: byHeight.up,
    values: [7, 21],
  },
  {
    query: { sort: ['height'] },
    at: [2.5, 7],
    backward: true,
    where: '(("height" < ?1 or "height" is null) or ("height" = ?2 and "id" < ?3))',
    order: byHeight.down,
    values: [2.5, 2.5, 7, 21],
  },
  {
    query: { sort: ['height'] },
    at: [null, 7],
    backward: true,
    where: '("height" is null and "id" < ?1)',
    order: byHeight.down,
    values: [7, 21],
  },
  {
    query: { sort: ['-height'] },
    at: [null, 7],
    where: '("height" is null and "id" < ?1)',
    order: byHeight.down,
    values: [7, 21],
  },
  {
    query: { sort: ['-height', 'name'], name_contains: 'o' },
    park: 3,
    at: [null, 'a', 7],
    where:
      '"park_id" = ?1 and instr("name", ?2) > 0 and ' +
      '("height" is null and "name" >= ?6 and ("name" > ?3 or ("name" = ?4 and "id" > ?5)))',
    order: '"height" desc nulls last, "name" asc, "id" asc',
    values: [3, 'o', 'a', 'a', 7, 'a', 21],
  },
]

t.test('a page, forward and backward', async t => {
  for (const { query, park, at, backward = false, where, order, values } of pages) {
    const position = at === undefined ? undefined : { values: at, backward }
    const limit = `limit ?${values.length}`
    const text = `select ${columns} from "trees"${where === '' ? '' : ` where ${where}`} order by ${order} ${limit}`
    const isHard = park !== undefined || order.includes(', ')
    t.strictSame(
      selectPage(table, { ...plan(query, park), position }),
      isHard ? timed({ text, values }) : { text, values },
      JSON.stringify({ query, park, at, backward }),
    )
  }
})

t.test('a page of some fields has the sort keys behind them', async t => {
  t.strictSame(
    selectPage(table, plan({ fields: ['name'], sort: ['height'] })),
    timed({
      text: `select "name", "height", "id" from "trees" order by ${byHeight.up} limit ?1`,
      values: [21],
    }),
  )
})

t.test('names are quoted and values never are in the text', async t => {
  const [order] = Object.values(
    modelsOf(
      resource('order', Type.Object({ group: Type.String({ maxLength: 50 }) }), {
        description: 'Words of SQL',
      }),
    ),
  ) as [Model]
  const query = parseListQuery(order, listParameters(order), {
    group: ['"; drop table "order'],
    sort: ['group'],
  })
  t.strictSame(
    selectPage(modelToTable(sqliteDialect, order), query),
    timed({
      text: 'select "id", "group" from "order" where "group" = ?1 order by "group" asc, "id" asc limit ?2',
      values: ['"; drop table "order', 21],
    }),
  )
})

t.test('a long text is compared by its first characters, which a cursor carries', async t => {
  const query = {
    ...parseListQuery(notes, listParameters(notes), { sort: ['text'] }),
    position: { values: ['a', 7], backward: false },
  }
  t.strictSame(
    selectPage(noteTable, query),
    timed({
      text:
        'select "id", "text" from "notes" where "_deleted_at" is null and substr("text", 1, 200) >= ?4 and ' +
        '(substr("text", 1, 200) > ?1 or (substr("text", 1, 200) = ?2 and "id" > ?3)) ' +
        'order by substr("text", 1, 200) asc, "id" asc limit ?5',
      values: ['a', 'a', 7, 'a', 21],
      size: { texts: [1], fixed: 72, most: maxPageBytes },
    }),
  )
})
