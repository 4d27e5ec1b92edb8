// `migrate status` and `migrate history`: what they tell of a database that is not as it is defined.

import { Type } from '@sinclair/typebox'
import t from 'tap'
import { stateToLines } from '../../src/commands/migrate-status.ts'
import { resourcesToModels } from '../../src/resource/derive.ts'
import type { DefinedResource } from '../../src/resource/model.ts'
import { toDefinition } from '../../src/store/migration/definition.ts'
import { definitionChanges } from '../../src/store/migration/definition-changes.ts'
import { readState } from '../../src/store/migration/state.ts'
import { dialects } from '../../src/store/open.ts'
import { modelToTable } from '../../src/store/table.ts'
import { fieldMistakes } from '../../src/validation/validator.ts'
import { define } from '../support/definitions.ts'
import { Database } from '../support/migrations.ts'
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
      /^Left: .*things\.old/,
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

for (const [what, after, told] of states)
  onEveryDatabase(`status tells ${what}`, async (t, url) => {
    const database = new Database(t, url)
    await database.start(before)
    const { dialect } = database.store
    const tables = resourcesToModels([after]).map(model => modelToTable(dialect, model))
    const usual = {
      files: [],
      findMistake: fieldMistakes(),
      version: '0.0.0',
      now: '2026-01-01T00:00:00.000Z',
    }
    const state = await database.store.transact(() => readState(dialect, { ...usual, tables }))
    const lines = stateToLines(state, dialect.name)
    for (const pattern of told)
      t.ok(
        lines.told.some(line => pattern.test(line)),
        `${pattern} in\n${lines.told.join('\n')}`,
      )
    t.equal(
      lines.isDone,
      told.some(pattern => /The tables/.test(pattern.source)),
    )
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
