// Rows between their two forms, objects and stored values: what goes in comes out.

import { Type } from '@sinclair/typebox'
import fc from 'fast-check'
import t from 'tap'
import { type Field, schemaToField } from '../../src/resource/field.ts'
import {
  rowToValues,
  type SqlValue,
  toStored,
  type Values,
  valuesToRow,
} from '../../src/resource/row.ts'

const definition = Type.Object({
  id: Type.Integer(),
  'quoted "name"': Type.String(),
  maybe: Type.Optional(Type.String()),
  size: Type.Number(),
  done: Type.Boolean(),
  unsure: Type.Optional(Type.Boolean()),
  parts: Type.Array(Type.String()),
  whole: Type.Optional(Type.Object({ part: Type.String() })),
})

const fields: readonly Field[] = Object.entries(definition.properties).map(([name, schema]) =>
  schemaToField(name, schema, !definition.required?.includes(name as 'id'), () => {}),
)

const text = fc.string({ unit: 'binary' })
const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null })

const rows: fc.Arbitrary<Values> = fc.record({
  id: fc.maxSafeInteger(),
  'quoted "name"': text,
  maybe: optional(text),
  size: fc.double({ noNaN: true, noDefaultInfinity: true }),
  done: fc.boolean(),
  unsure: optional(fc.boolean()),
  parts: fc.array(text),
  whole: optional(fc.record({ part: text })),
})

/** SQLite has no booleans: it gives 1 and 0 back. */
function asSqlite(row: readonly SqlValue[]): SqlValue[] {
  return row.map(value => (typeof value === 'boolean' ? Number(value) : value))
}

t.test(
  'a row read back is the object that was stored, whatever the database gives for a boolean',
  async t => {
    fc.assert(
      fc.property(rows, values => {
        const row = valuesToRow(fields, values)
        t.equal(JSON.stringify(rowToValues(fields, row)), JSON.stringify(values))
        t.equal(JSON.stringify(rowToValues(fields, asSqlite(row))), JSON.stringify(values))
        t.equal(
          JSON.stringify(rowToValues(fields, [...row, 7])),
          JSON.stringify(values),
          'a revision after it is left out',
        )
      }),
    )
  },
)

t.test(
  'members that an object leaves out are null, and members that are no field are left out',
  async t => {
    t.strictSame(valuesToRow(fields, { id: 1, done: false, other: 2 }), [
      1,
      null,
      null,
      null,
      false,
      null,
      null,
      null,
    ])
    t.strictSame(rowToValues(fields.slice(0, 2), [1]), { id: 1, 'quoted "name"': null })
  },
)

const stored: [field: object, value: unknown, stored: SqlValue][] = [
  [Type.String({ format: 'date-time' }), '2024-01-01T02:00:00+02:00', '2024-01-01T00:00:00.000Z'],
  [
    Type.String({ format: 'uuid' }),
    '8E03978E-40D5-43E8-BC93-6894A57F9324',
    '8e03978e-40d5-43e8-bc93-6894a57f9324',
  ],
  [Type.String(), 'Text', 'Text'],
  [Type.Array(Type.Integer()), [1, 2], '[1,2]'],
  [Type.Object({ b: Type.Integer(), a: Type.Integer() }), { b: 1, a: 2 }, '{"b":1,"a":2}'],
  [Type.Boolean(), false, false],
  [Type.Integer(), 0, 0],
  [Type.Integer(), null, null],
  [Type.Array(Type.Integer()), undefined, null],
]

t.test('the form in which a value is stored and compared', async t => {
  for (const [typebox, value, expected] of stored)
    t.equal(
      toStored(
        schemaToField('field', typebox, false, () => {}),
        value,
      ),
      expected,
    )
})
