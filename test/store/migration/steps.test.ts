// The SQL by which a table is changed while others use it: what keeps them waiting is short, and is no look at rows.

import { Type } from '@sinclair/typebox'
import t from 'tap'
import { Ref, resource } from '../../../src/resource/resource.ts'
import type { Action } from '../../../src/store/migration/change.ts'
import { changesToSteps } from '../../../src/store/migration/steps.ts'
import { postgresDialect } from '../../../src/store/postgres/dialect.ts'
import { modelToTable, type Table } from '../../../src/store/table.ts'
import { modelsOf } from '../../support/model.ts'

const models = modelsOf(
  resource('cats', Type.Object({ name: Type.String({ maxLength: 9 }) }), {
    description: 'All cats',
  }),
  resource(
    'things',
    Type.Object({
      code: Type.String({ maxLength: 9, default: 'x' }),
      cat_id: Type.Optional(Ref('cats')),
    }),
    { description: 'All things', unique: ['code'] },
  ),
)
const [cats, things] = [models.cats, models.things].map(
  model => model && modelToTable(postgresDialect, model),
) as [Table, Table]
const column = (name: string) =>
  things.columns.find(candidate => candidate.name === name) ?? fail(name)
const [check] = column('code').constraints
const reference = column('cat_id').constraints.find(({ kind }) => kind === 'reference')
const [unique] = things.indexes
if (check === undefined || reference === undefined || unique === undefined) fail('rules')

function fail(what: string): never {
  throw new Error(`There are ${what}.`)
}

/** Digests are told by their kind only. */
const stepsOf = (...actions: Action[]) =>
  changesToSteps(actions.map(action => ({ action }))).map(
    ({ statements, alone = false, before, undo }) =>
      JSON.parse(
        JSON.stringify({ statements, alone, before, undo }).replaceAll(/_[0-9a-f]{8}_/g, '_#_'),
      ),
  )

t.test(
  'a column is added with its default, and its rows are looked at when others may use it again',
  async t => {
    t.strictSame(stepsOf({ kind: 'addColumn', table: things, column: column('code') }), [
      {
        statements: [
          `alter table "things" add column "code" text collate "C" not null default 'x', ` +
            'add constraint "code_#_check" check (length("code") <= 9) not valid',
        ],
        alone: false,
      },
      {
        statements: ['alter table "things" validate constraint "code_#_check"'],
        alone: false,
        undo: 'alter table "things" drop constraint if exists "code_#_check"',
      },
    ])
  },
)

t.test('a reference holds for new rows first, and then for those there are', async t => {
  t.strictSame(stepsOf({ kind: 'addReference', table: things, constraint: reference }), [
    {
      statements: [
        'alter table "things" add constraint "cat_id_#_ref" foreign key ("cat_id") references "cats" not valid',
      ],
      alone: false,
      before: ['alter table "things" drop constraint if exists "cat_id_#_ref"'],
    },
    {
      statements: ['alter table "things" validate constraint "cat_id_#_ref"'],
      alone: false,
      undo: 'alter table "things" drop constraint if exists "cat_id_#_ref"',
    },
  ])
})

t.test(
  'a field becomes required by way of a check, which makes a look at the rows needless',
  async t => {
    const steps = stepsOf({ kind: 'require', table: things, column: 'cat_id' })
    t.strictSame(
      steps.flatMap(({ statements }) => statements),
      [
        'alter table "things" add constraint "cat_id_#_check" check ("cat_id" is not null) not valid',
        'alter table "things" validate constraint "cat_id_#_check"',
        'alter table "things" alter column "cat_id" set not null',
        'alter table "things" drop constraint if exists "cat_id_#_check"',
      ],
    )
    t.equal(steps.length, 3, 'the last two are one')
  },
)

t.test('an index is made and dropped while rows are written', async t => {
  const drop = 'drop index concurrently if exists "things_code_#_key"'
  t.strictSame(stepsOf({ kind: 'createIndex', table: things, index: unique }), [
    {
      statements: ['create unique index concurrently "things_code_#_key" on "things" ("code")'],
      alone: true,
      before: [drop],
      undo: drop,
    },
  ])
  t.strictSame(stepsOf({ kind: 'dropIndex', name: unique.name }), [
    { statements: [drop], alone: true },
  ])
})

t.test(
  'a new table has its indexes at once; a new rule is held before the old one is dropped',
  async t => {
    const steps = stepsOf(
      { kind: 'dropCheck', table: cats, name: 'name_00000000_check' },
      { kind: 'dropIndex', name: 'cats_name_00000000_idx' },
      { kind: 'createTable', name: 'things', statements: [things.create] },
      ...things.indexes.map(index => ({ kind: 'createIndex', table: things, index }) as const),
      { kind: 'addCheck', table: cats, constraint: check },
    )
    t.match(
      steps.map(({ statements }) => statements),
      [
        [/^create table "things"/, /^create unique index "/, /^create index "/],
        [/^alter table "cats" add constraint .* not valid$/],
        [/^alter table "cats" validate/],
        ['alter table "cats" drop constraint "name_#_check"'],
        ['drop index concurrently if exists "cats_name_#_idx"'],
      ],
    )
  },
)

t.test('rows get a value in portions, by their keys, and with it another revision', async t => {
  const [step] = changesToSteps([
    { action: { kind: 'fill', table: things, column: 'code', value: `'x'` } },
  ])
  t.match(step?.portion?.(undefined), {
    text:
      'with "_portion" as (select "id" from "things" order by "id" limit 5000), ' +
      `"_updated" as (update "things" set "_rev" = nextval('"_revision"'), "code" = 'x' where "code" is null ` +
      'and "id" in (select "id" from "_portion")) select max("id") from "_portion"',
    values: [],
  })
  t.match(step?.portion?.(5000), {
    text: /"things" where "id" > \$1 order by "id" limit 5000\)/,
    values: [5000],
  })
})
