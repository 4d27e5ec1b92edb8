// Statements that write one row, as text and values for SQLite.

import { Type } from '@sinclair/typebox'
import t from 'tap'
import type { Model } from '../../src/resource/model.ts'
import { CreatedAt, resource } from '../../src/resource/resource.ts'
import { sqliteDialect } from '../../src/store/sqlite/dialect.ts'
import { modelToTable } from '../../src/store/table.ts'
import { deleteRow, insertRow, updateRow } from '../../src/store/write.ts'
import { modelsOf } from '../support/model.ts'

const models = modelsOf(
  resource('trees', Type.Object({ name: Type.String(), height: Type.Optional(Type.Number()) }), {
    description: 'Trees',
  }),
  resource(
    'members',
    Type.Object({ name: Type.String({ minLength: 1, maxLength: 9 }), created_at: CreatedAt() }),
    {
      description: 'Under a key of the client, which the table has first',
      key: 'name',
    },
  ),
  resource('notes', Type.Object({ text: Type.String() }), {
    description: 'Marked',
    keepDeleted: true,
  }),
)
const tableOf = (name: string) => modelToTable(sqliteDialect, models[name] as Model)
const now = new Date('2026-05-04T12:30:00Z')

t.test('a row whose key the server makes', async t => {
  for (const key of [null, undefined as never])
    t.strictSame(insertRow(tableOf('trees'), [key, 'Oak', 12.5]), {
      text: 'insert into "trees" ("name", "height", "_rev") values (?1, ?2, next_revision()) returning "id", "name", "height", "_rev"',
      values: ['Oak', 12.5],
    })
})

t.test('a row with a key of the client', async t => {
  t.strictSame(insertRow(tableOf('trees'), [7, 'Oak', null]), {
    text: 'insert into "trees" ("id", "name", "height", "_rev") values (?1, ?2, ?3, next_revision()) returning "id", "name", "height", "_rev"',
    values: [7, 'Oak', null],
  })
  t.strictSame(insertRow(tableOf('members'), ['ada', '2026-05-04T12:30:00.000Z']), {
    text: 'insert into "members" ("name", "created_at", "_rev") values (?1, ?2, next_revision()) returning "name", "created_at", "_rev"',
    values: ['ada', '2026-05-04T12:30:00.000Z'],
  })
})

t.test('a change of the row at a revision', async t => {
  t.strictSame(updateRow(tableOf('trees'), [7, 'Elm', null], 42), {
    text: 'update "trees" set "name" = ?1, "height" = ?2, "_rev" = next_revision() where "id" = ?3 and "_rev" = ?4 returning "id", "name", "height", "_rev"',
    values: ['Elm', null, 7, 42],
  })
})

t.test('a deletion of the row at a revision', async t => {
  t.strictSame(deleteRow(tableOf('trees'), 7, 42, now), {
    text: 'delete from "trees" where "id" = ?1 and "_rev" = ?2',
    values: [7, 42],
  })
})

t.test('a deletion that marks the row', async t => {
  t.strictSame(deleteRow(tableOf('notes'), 7, 42, now), {
    text: 'update "notes" set "_deleted_at" = ?3, "_rev" = next_revision() where "id" = ?1 and "_rev" = ?2',
    values: [7, 42, '2026-05-04T12:30:00.000Z'],
  })
})
