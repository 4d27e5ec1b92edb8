// A line of a file of `export`: the members of a row, and what no caller sees of it, in members whose names no field can have.
// `_owner`: whose it is, `_deleted_at`: when it was deleted, `_hashes`: the hashes of passwords, by their fields. A line with
// `_set_aside` alone is a row that was deleted, and whose place in the table has been taken since.

import type { Field, JsonSchema } from '../resource/field.ts'
import { inputShape } from '../resource/field-shape.ts'
import type { Model } from '../resource/model.ts'
import { fromStored, type Row, type SqlValue, toStored, type Values } from '../resource/row.ts'
import { exactFields, hiddenColumnsOf } from '../store/exact-rows.ts'
import { compileEach } from '../validation/compile-each.ts'
import { bodyFindings, findingToText } from '../validation/validator.ts'

export const setAsideMember = '_set_aside'
const hashesMember = '_hashes'

const plainFields = (model: Model) => exactFields(model).filter(({ kind }) => !kind.isHashed)
const hashedFields = (model: Model) => exactFields(model).filter(({ kind }) => kind.isHashed)

/** A row of `selectExact` as its line. */
export function rowToLine(model: Model, row: Row): string {
  const fields = exactFields(model)
  const shown = (field: Field) => fromStored(field, row[fields.indexOf(field)] ?? null)
  const membersOf = (some: readonly Field[]) => some.map(field => [field.name, shown(field)])
  const hidden = hiddenColumnsOf(model).map((name, index) => [
    name,
    row[fields.length + index] ?? null,
  ])
  const hashes = membersOf(hashedFields(model)).filter(([, hash]) => hash !== null)
  const line = Object.fromEntries([
    ...membersOf(plainFields(model)),
    ...hidden.filter(([, value]) => value !== null),
    ...(hashes.length === 0 ? [] : [[hashesMember, Object.fromEntries(hashes)]]),
  ])
  return `${JSON.stringify(line)}\n`
}

/** A value for each field, then one for each hidden column. */
export function lineToRow(model: Model, line: Values): readonly SqlValue[] {
  const hashes = (line[hashesMember] ?? {}) as Values
  const fields = exactFields(model).map(field =>
    field.kind.isHashed
      ? ((hashes[field.name] ?? null) as SqlValue)
      : toStored(field, line[field.name]),
  )
  return [...fields, ...hiddenColumnsOf(model).map(name => (line[name] ?? null) as SqlValue)]
}

/** The mistake in a line, in words. */
export function lineMistakes(model: Model, line: unknown): readonly string[] {
  return bodyFindings(validatorOf(model)(line)).map(findingToText)
}

const validatorOf = compileEach(lineShape)

function lineShape(model: Model): JsonSchema {
  const fields = plainFields(model)
  const hashed = hashedFields(model)
  const isWhole = hashed.some(({ required }) => required)
  const owned = hiddenColumnsOf(model).filter(name => name !== '_deleted_at')
  const hash = { type: 'string', pattern: '^\\$scrypt\\$ln=' }
  const hidden = Object.fromEntries(hiddenColumnsOf(model).map(name => [name, hiddenShapes[name]]))
  return {
    type: 'object',
    additionalProperties: false,
    required: [...fields.map(({ name }) => name), ...owned, ...(isWhole ? [hashesMember] : [])],
    properties: {
      ...Object.fromEntries(fields.map(field => [field.name, inputShape(field)])),
      ...hidden,
      ...(hashed.length === 0 ? {} : { [hashesMember]: hashesShape(hashed, hash) }),
    },
  }
}

const hiddenShapes: Readonly<Record<string, JsonSchema>> = {
  _owner: { type: 'string' },
  _deleted_at: { type: 'string', format: 'date-time' },
}

function hashesShape(hashed: readonly Field[], hash: JsonSchema): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    required: hashed.filter(({ required }) => required).map(({ name }) => name),
    properties: Object.fromEntries(hashed.map(({ name }) => [name, hash])),
  }
}
