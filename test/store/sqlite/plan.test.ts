// How SQLite finds pages: from the key or an index, however deep the page, and never by sorting a whole table.

import { DatabaseSync } from 'node:sqlite'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { listParameters, parseListQuery } from '../../../src/query/query.ts'
import type { Model } from '../../../src/resource/model.ts'
import { Ref, resource } from '../../../src/resource/resource.ts'
import type { SqlValue } from '../../../src/resource/row.ts'
import { selectMember, selectPage } from '../../../src/store/select.ts'
import { sqliteDialect } from '../../../src/store/sqlite/dialect.ts'
import { Patience } from '../../../src/store/sqlite/patience.ts'
import type { Statement } from '../../../src/store/store.ts'
import { modelToTable } from '../../../src/store/table.ts'
import { modelsOf, withoutDigests } from '../../support/model.ts'

const name = Type.String({ minLength: 1, maxLength: 50 })
const models = modelsOf(
  resource('parks', Type.Object({ name }), { description: 'Parks' }),
  resource(
    'trees',
    Type.Object({
      park_id: Ref('parks'),
      name,
      planted: Type.String({ format: 'date' }),
      height: Type.Optional(Type.Number()),
    }),
    {
      description: 'Trees',
      parent: 'park_id',
      index: ['planted', 'height', ['name', 'planted']],
    },
  ),
  resource('gates', Type.Object({ park_id: Ref('parks'), name }), {
    description: 'Gates',
    parent: 'park_id',
    unique: [['park_id', 'name']],
  }),
  resource('owners', Type.Object({ name, city: name }), {
    description: 'Owners',
    key: 'name',
    index: ['city'],
  }),
  resource('notes', Type.Object({ text: name }), {
    description: 'Notes',
    keepDeleted: true,
    unique: ['text'],
  }),
)
const tables = new Map(
  Object.values(models).map(model => [model.name, modelToTable(sqliteDialect, model)]),
)

function planOf(db: DatabaseSync, { text, values }: Statement): string[] {
  const steps = db
    .prepare(`explain query plan ${text}`)
    .all(...(values as (null | number | string)[]))
  return steps.map(({ detail }) => withoutDigests(String(detail)))
}

interface PageCase {
  readonly of: string
  readonly query?: Record<string, unknown>
  readonly at?: readonly SqlValue[]
  readonly backward?: boolean
  readonly plan: readonly string[]
}

const trees = 'trees USING'

const pages: readonly PageCase[] = [
  { of: 'trees', plan: ['SCAN trees'] },
  { of: 'trees', query: { sort: ['-id'] }, plan: ['SCAN trees'] },
  { of: 'trees', at: [7], plan: [`SEARCH ${trees} INTEGER PRIMARY KEY (rowid>?)`] },
  { of: 'trees', at: [7], backward: true, plan: [`SEARCH ${trees} INTEGER PRIMARY KEY (rowid<?)`] },
  { of: 'notes', at: [7], plan: ['SEARCH notes USING INTEGER PRIMARY KEY (rowid>?)'] },
  { of: 'owners', plan: ['SCAN owners USING INDEX sqlite_autoindex_owners_1'] },
  {
    of: 'owners',
    at: ['ada'],
    plan: ['SEARCH owners USING INDEX sqlite_autoindex_owners_1 (name>?)'],
  },
  { of: 'trees', query: { sort: ['planted'] }, plan: [`SCAN ${trees} INDEX trees_planted_id_idx`] },
  {
    of: 'trees',
    query: { sort: ['planted'] },
    at: ['2026-01-01', 7],
    plan: [`SEARCH ${trees} INDEX trees_planted_id_idx (planted>?)`],
  },
  {
    of: 'trees',
    query: { sort: ['planted'] },
    at: ['2026-01-01', 7],
    backward: true,
    plan: [`SEARCH ${trees} INDEX trees_planted_id_idx (planted<?)`],
  },
  {
    of: 'trees',
    query: { sort: ['-planted'] },
    at: ['2026-01-01', 7],
    plan: [`SEARCH ${trees} INDEX trees_planted_id_idx (planted<?)`],
  },
  {
    of: 'trees',
    query: { sort: ['-planted'] },
    plan: [`SCAN ${trees} INDEX trees_planted_id_idx`],
  },
  { of: 'trees', query: { sort: ['height'] }, plan: [`SCAN ${trees} INDEX trees_height_id_idx`] },
  {
    of: 'trees',
    query: { sort: ['height'] },
    at: [2.5, 7],
    plan: [`SEARCH ${trees} INDEX trees_height_id_idx (height>?)`],
  },
  {
    of: 'trees',
    query: { sort: ['-height'] },
    at: [null, 7],
    plan: [`SEARCH ${trees} INDEX trees_height_id_idx (height=? AND id<?)`],
  },
  {
    of: 'trees',
    query: { sort: ['name', 'planted'] },
    at: ['a', '2026-01-01', 7],
    plan: [`SEARCH ${trees} INDEX trees_name_planted_id_idx (name>?)`],
  },
  {
    of: 'trees',
    query: { park_id: [3] },
    plan: [`SEARCH ${trees} INDEX trees_park_id_id_idx (park_id=?)`],
  },
  {
    of: 'trees',
    query: { park_id: [3] },
    at: [7],
    plan: [`SEARCH ${trees} INDEX trees_park_id_id_idx (park_id=? AND id>?)`],
  },
  // Not by the index of the unique set, which has the rows of a parent in another order.
  {
    of: 'gates',
    query: { park_id: [3] },
    plan: ['SEARCH gates USING INDEX gates_park_id_id_idx (park_id=?)'],
  },
  {
    of: 'gates',
    query: { park_id: [3], sort: ['-id'] },
    at: [7],
    plan: ['SEARCH gates USING INDEX gates_park_id_id_idx (park_id=? AND id<?)'],
  },
  {
    of: 'trees',
    query: { planted_gte: '2026-01-01', sort: ['planted'] },
    plan: [`SEARCH ${trees} INDEX trees_planted_id_idx (planted>?)`],
  },
  {
    of: 'owners',
    query: { name_starts_with: 'a' },
    plan: ['SEARCH owners USING INDEX sqlite_autoindex_owners_1 (name>? AND name<?)'],
  },
  {
    of: 'notes',
    query: { text: ['a'] },
    plan: ['SEARCH notes USING INDEX notes_text_key (text=?)'],
  },
]

t.test('pages and members are found by the key or an index', async t => {
  const db = new DatabaseSync(':memory:')
  t.teardown(() => db.close())
  new Patience(db)
  for (const { create, indexes } of tables.values())
    for (const statement of [create, ...indexes.flatMap(index => index.statements)])
      db.exec(statement)

  for (const { of, query = {}, at, backward = false, plan } of pages) {
    const model = models[of] as Model
    const position = at === undefined ? undefined : { values: at, backward }
    const statement = selectPage(tables.get(of) as never, {
      ...parseListQuery(model, listParameters(model), query),
      position,
    })
    t.strictSame(planOf(db, statement), plan, statement.text)
  }
  t.strictSame(planOf(db, selectMember(tables.get('trees') as never, 7)), [
    'SEARCH trees USING INTEGER PRIMARY KEY (rowid=?)',
  ])
})
