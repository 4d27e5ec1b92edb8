// Rows between their three forms: the object that callers send, the values a table stores, the JSON text that is answered.

import type { Field, FieldKind, Json } from './field.ts'
import { canonical } from './format.ts'

/** A value as both databases take and give it. */
export type SqlValue = null | number | string | boolean

/** A row as the database gives it: one value for each selected column. */
export type Row = readonly SqlValue[]

/** A row as an object: every field, an absent one as null. */
export type Values = Record<string, Json>

/** The values of a checked body in the stored form, for the given fields; null for what it leaves out. */
export function valuesToRow(fields: readonly Field[], values: Readonly<Record<string, unknown>>): SqlValue[] {
  return fields.map(field => toStored(field, values[field.name]))
}

/** One checked value in the form it is stored and compared in. */
export function toStored({ kind, format }: Field, value: unknown): SqlValue {
  if (value === undefined || value === null) return null
  if (kind === 'json') return JSON.stringify(value)
  return kind === 'string' ? canonical(format, value as string) : (value as number | boolean)
}

/** The object of a row whose columns are the given fields. */
export function rowToValues(fields: readonly Field[], row: Row): Values {
  return Object.fromEntries(fields.map((field, index) => [field.name, fromStored(field, row[index] ?? null)]))
}

function fromStored({ kind }: Field, value: SqlValue): Json {
  if (value === null) return null
  if (kind === 'json') return JSON.parse(value as string)
  if (kind === 'boolean') return Boolean(value)
  return kind === 'string' ? value : Number(value)
}

export type RowWriter = (row: Row) => string

/**
 * Makes the function that writes the first columns of a row, which are the given fields, as a JSON object: the hot path
 * of every read, so it goes straight from the columns to text.
 */
export function rowWriter(fields: readonly Field[]): RowWriter {
  const kinds = fields.map(({ kind }) => kind)
  const names = fields.map(({ name }, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`)
  return row => {
    let text = ''
    for (let index = 0; index < kinds.length; index++)
      text += names[index] + valueText(kinds[index], row[index] ?? null)
    return `${text}}`
  }
}

function valueText(kind: FieldKind | undefined, value: SqlValue): string {
  if (value === null) return 'null'
  if (kind === 'string') return JSON.stringify(value)
  if (kind === 'boolean') return value ? 'true' : 'false'
  return String(value)
}
