// What is asked of people about a change: which table may be another under a new name.

import { type TProperties, Type } from '@sinclair/typebox'
import t from 'tap'
import { resourcesToModels } from '../../../../src/resource/derive.ts'
import { toDefinition } from '../../../../src/store/migration/definition.ts'
import { renamedTables } from '../../../../src/store/migration/file/questions.ts'
import { sqliteDialect } from '../../../../src/store/sqlite/dialect.ts'
import { modelToTable } from '../../../../src/store/table.ts'
import { define } from '../../../support/definitions.ts'

const text = Type.String({ maxLength: 20 })

function tables(name: string, names: string) {
  const fields: TProperties = Object.fromEntries([...names].map(field => [field, text]))
  return resourcesToModels([define(name, fields)]).map(model => modelToTable(sqliteDialect, model))
}

t.test('a table may be another one when they share half of the fields of the smaller', async t => {
  const rows: [before: string, after: string, alike: boolean][] = [
    ['a', 'a', true],
    ['a', 'b', false],
    ['ab', 'ac', true],
    ['ab', 'cd', false],
    ['abc', 'axy', false],
    ['abc', 'abx', true],
    ['abcd', 'abxy', true],
    ['abcd', 'axyz', false],
    ['abcd', 'ax', true],
    ['ax', 'abcd', true],
  ]
  for (const [before, after, alike] of rows)
    t.strictSame(
      renamedTables(toDefinition(tables('cats', before)), tables('pets', after)),
      alike ? [{ from: 'cats', to: 'pets' }] : [],
      `${before} and ${after}`,
    )
})

t.test('a table that stays is no other one', async t => {
  const before = toDefinition([...tables('cats', 'ab'), ...tables('dogs', 'ab')])
  t.strictSame(renamedTables(before, [...tables('cats', 'ab'), ...tables('pets', 'ab')]), [
    { from: 'dogs', to: 'pets' },
  ])
})
