// `migrate status` and `migrate history`: what they tell of a database that is not as it is defined.

import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { stateToLines } from '../../src/commands/migrate-status.ts'
import { migrateModels } from '../../src/commands/tables.ts'
import { resourcesToModels } from '../../src/resource/derive.ts'
import type { DefinedResource } from '../../src/resource/model.ts'
import { toDefinition } from '../../src/store/migration/definition.ts'
import { definitionChanges } from '../../src/store/migration/definition-changes.ts'
import type { MigrationFile } from '../../src/store/migration/migration.ts'
import { readState } from '../../src/store/migration/state.ts'
import { dialects } from '../../src/store/open.ts'
import { modelToTable } from '../../src/store/table.ts'
import { fieldMistakes } from '../../src/validation/validator.ts'
import { runHere } from '../support/command.ts'
import { define } from '../support/definitions.ts'
import { fixtureModels } from '../support/fixture-models.ts'
import { Database } from '../support/migrations.ts'
import { folderOf } from '../support/process.ts'
import { onEveryDatabase } from '../support/service.ts'

const text = Type.String({ maxLength: 20 })
const before = define('things', { name: text, old: Type.Optional(text) })

const states: readonly (readonly [
  what: string,
  after: DefinedResource,
  told: readonly RegExp[],
])[] = [
  [
    'nothing to do',
    before,
    [/^Brought to definition 1 on 2026-01-01 00:00 by version 0\.0\.0\.$/, /^The tables are as/],
  ],
  [
    'what a start does, and what is left',
    define('things', { name: Type.String({ maxLength: 30 }) }),
    [
      /^Brought/,
      /^A start does: alter table "things" drop constraint/,
      /^A start does: alter table "things" add constraint/,
      /^Left: things\.old: in the database, .*'migrate --drop things\.old' drops it$/,
    ],
  ],
  [
    'what takes migrate',
    define('things', { name: text, old: text }),
    [
      /^Brought/,
      /^It takes 'migrate': things\.old is required now/,
      /^'migrate' does: alter table/,
    ],
  ],
  [
    'what people decide',
    define('things', { name: Type.Number(), old: Type.Optional(text) }),
    [/^Brought/, /^You decide \('migrate new' helps\): things\.name is text.* and should be/],
  ],
]

async function linesOf(
  { store }: Database,
  after: DefinedResource,
  files: readonly MigrationFile[] = [],
): Promise<ReturnType<typeof stateToLines>> {
  const { dialect } = store
  const wanted = {
    tables: resourcesToModels([after]).map(model => modelToTable(dialect, model)),
    files,
    findMistake: fieldMistakes(),
    version: '0.0.0',
    now: '2026-01-01T00:00:00.000Z',
  }
  return stateToLines(await store.transact(() => readState(dialect, wanted)), dialect.name)
}

function checkLines(
  t: Test,
  { told, isDone }: ReturnType<typeof stateToLines>,
  patterns: readonly RegExp[],
): void {
  for (const pattern of patterns)
    t.ok(
      told.some(line => pattern.test(line)),
      `${pattern} in\n${told.join('\n')}`,
    )
  t.equal(
    isDone,
    patterns.some(pattern => /The tables/.test(pattern.source)),
  )
}

for (const [what, after, told] of states)
  onEveryDatabase(`status tells ${what}`, async (t, url) => {
    const database = new Database(t, url)
    await database.start(before)
    checkLines(t, await linesOf(database, after), told)
  })

const wider = define('things', { name: text, old: Type.Optional(text), more: Type.Optional(text) })
const stricter = define('things', { name: text, old: text })

onEveryDatabase(
  'status of a database without tables tells that a start makes them',
  async (t, url) => {
    const database = new Database(t, url)
    const expected = { told: ['There are no tables yet: a start makes them.'], isDone: false }
    t.strictSame(await linesOf(database, before), expected)
    await database.start(before)
    await database.run('delete from "_definitions"')
    t.strictSame(await linesOf(database, before), expected, 'or a first start was abandoned')
  },
)

onEveryDatabase('status tells that the definition is an earlier one', async (t, url) => {
  const database = new Database(t, url)
  await database.start(before)
  await database.start(wider)
  checkLines(t, await linesOf(database, before), [
    /^Brought to definition 2 /,
    /^This definition is an earlier one: a start changes nothing\.$/,
    /^Left: things\.more/,
    /^The tables are as/,
  ])
})

onEveryDatabase('status tells that a start of an earlier definition is refused', async (t, url) => {
  const database = new Database(t, url)
  await database.start(before)
  await database.migrate(stricter)
  const lines = await linesOf(database, before)
  checkLines(t, lines, [
    /^Brought to definition 2 /,
    /^A start is refused\. .*the tables were brought to a stricter definition by 'migrate' on 2026-01-01/s,
    /^'migrate' does: alter table "things"/,
  ])
  t.notOk(lines.told.some(line => line.startsWith('This definition is an earlier one')))
})

onEveryDatabase('status tells of files that are to be run, and of wrong ones', async (t, url) => {
  const database = new Database(t, url)
  const first = { name: '0001-first.sql', text: 'select 1' }
  await database.to({ defined: [before], files: [first] })
  const changed = { ...first, text: 'select 2' }
  const second = { name: '0002-second.sql', text: 'select 3' }
  const { dialect } = database.store
  checkLines(t, await linesOf(database, before, [changed, second]), [
    new RegExp(`^Wrong: migrations/${dialect.name}/0001-first\\.sql`),
    new RegExp(`^'migrate' runs migrations/${dialect.name}/0002-second\\.sql$`),
  ])
})

onEveryDatabase('migrate status exits with 0 where nothing is to be done', async (t, url) => {
  const folder = folderOf(t)
  const status = () => runHere(t, ['migrate', 'status'], { DATABASE_URL: url }, folder)
  t.match(await status(), { code: 1, out: 'There are no tables yet: a start makes them.\n' })
  const models = await fixtureModels()
  const { store } = new Database(t, url)
  await migrateModels(store, { models, version: '0.0.0' })
  t.match(await status(), { code: 0, out: /^The tables are as they are defined\.$/m })
})

t.test('history tells of a definition what the one before it has not', async t => {
  const [dialect] = dialects
  if (dialect === undefined) throw new Error('There are dialects.')
  const definition = (...defined: DefinedResource[]) =>
    toDefinition(resourcesToModels(defined).map(model => modelToTable(dialect, model)))
  const after = definition(
    define('things', { name: Type.String({ maxLength: 9 }), young: text }, { unique: ['young'] }),
    define('cats', { name: text }),
  )
  t.strictSame(definitionChanges(definition(before), after), [
    '+ cats',
    '+ things.young',
    '- things.old',
    'things.name',
    'things (unique)',
  ])
  t.strictSame(definitionChanges(undefined, definition(before)), ['+ things'])
  t.strictSame(definitionChanges(after, after), [])
})
