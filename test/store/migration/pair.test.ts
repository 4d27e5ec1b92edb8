// A table beside the one that was there before.

import { type TProperties, Type } from '@sinclair/typebox'
import t from 'tap'
import { resourcesToModels } from '../../../src/resource/derive.ts'
import { columnBefore, isNew, type Pair } from '../../../src/store/migration/pair.ts'
import { sqliteDialect } from '../../../src/store/sqlite/dialect.ts'
import { modelToTable, type Table } from '../../../src/store/table.ts'
import { define } from '../../support/definitions.ts'

function tableOf(fields: TProperties): Table {
  const [model] = resourcesToModels([define('things', fields)])
  if (model === undefined) throw new Error('There is a model for a resource.')
  return modelToTable(sqliteDialect, model)
}

const name = Type.Optional(Type.String({ maxLength: 20 }))
const table = tableOf({ name, other: name })
const named = (tables: readonly Table[]) => new Map(tables.map(table => [table.name, table]))
const pairAfter = (before: readonly Table[], begun: readonly Table[] = []) =>
  ({ table, before: named(before), begun: named(begun) }) as unknown as Pair

t.test('a column is new where the definition before has the table without it', async t => {
  const pair = pairAfter([tableOf({ name })])
  t.equal(isNew(pair, 'name'), false)
  t.equal(isNew(pair, 'other'), true)
  t.equal(columnBefore(pair, 'name')?.name, 'name')
  t.equal(columnBefore(pair, 'other'), undefined)
})

t.test('nothing is known to be new of a table that is not remembered', async t => {
  t.equal(isNew(pairAfter([]), 'other'), false)
  t.equal(columnBefore(pairAfter([]), 'name'), undefined)
})

t.test('all of a table is new that a migration had made when it was killed', async t => {
  const pair = pairAfter([], [tableOf({ name })])
  t.equal(isNew(pair, 'name'), true)
  t.equal(columnBefore(pair, 'name')?.name, 'name')
})
