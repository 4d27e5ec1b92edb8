// Rows between their two forms: the object that callers send and are answered, and the values that a table stores.

import type { Field, Json } from './field.ts'
import type { SqlValue } from './kinds.ts'

export type { SqlValue } from './kinds.ts'

/** A row as the database gives it: one value for each selected column. */
export type Row = readonly SqlValue[]

/** A row as an object: every field, an absent one as null. */
export type Values = Record<string, Json>

/** A member that the object itself has: never one that it inherits, as it does `constructor`. */
export function ownMember<T>(values: Readonly<Record<string, T>>, name: string): T | undefined {
  const value = values[name]
  // Most members that are asked for are absent, and reading one takes a fraction of the time of asking who owns it.
  return value === undefined || Object.hasOwn(values, name) ? value : undefined
}

/** The values of a checked body in the stored form, for the given fields; null for what it leaves out. */
export function valuesToRow(
  fields: readonly Field[],
  values: Readonly<Record<string, unknown>>,
): SqlValue[] {
  return fields.map(field => toStored(field, ownMember(values, field.name)))
}

/** One checked value in the form it is stored and compared in. */
export function toStored(field: Field, value: unknown): SqlValue {
  if (value === undefined || value === null) return null
  return field.kind.toStored(value, field)
}

/** The object of a row whose first columns are the given fields. */
export function rowToValues(fields: readonly Field[], row: Row): Values {
  const values: Values = {}
  // The hot path of every read: a loop takes half the time of `Object.fromEntries`.
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index] as Field
    values[field.name] = fromStored(field, row[index] ?? null)
  }
  return values
}

/** The values of a row, whose first columns are the fields, as callers see them. */
export function rowToShown(
  { fields, shown }: { readonly fields: readonly Field[]; readonly shown: readonly Field[] },
  row: Row,
): Values {
  const values = rowToValues(fields, row)
  return shown === fields ? values : choose(values, shown)
}

/** Some members of an object. */
export function choose(values: Values, fields: readonly Field[]): Values {
  return Object.fromEntries(fields.map(({ name }) => [name, values[name] ?? null]))
}

/** A stored value as the row's object has it. */
export function fromStored(field: Field, value: SqlValue): Json {
  const { fromStored: read } = field.kind
  return value === null || read === undefined ? value : read(value, field)
}
