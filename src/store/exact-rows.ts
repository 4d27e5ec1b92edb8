// Rows as a whole, with what no caller sees of them: for a copy that is the same.

import { columnOf, type Field } from '../resource/field.ts'
import { isColumn, type Model } from '../resource/model.ts'
import { hiddenOwner, hidesOwner } from '../resource/owner.ts'
import type { SqlValue } from '../resource/row.ts'
import { binder } from './select.ts'
import { quote, type Statement } from './store.ts'
import { readTerm, type Table, where } from './table.ts'

/** The columns that are no fields: whose the row is, and when it was deleted. */
export function hiddenColumnsOf(model: Model): readonly string[] {
  return [
    ...(hidesOwner(model) ? [hiddenOwner] : []),
    ...(model.keepDeleted ? ['_deleted_at'] : []),
  ]
}

/** The fields whose values are the row's own. */
export function exactFields({ fields }: Model): readonly Field[] {
  return fields.filter(({ borrowed }) => !borrowed)
}

/** The rows after this key in its order, deleted ones too: their fields, then the hidden columns. */
export function selectExact(table: Table, after: SqlValue | undefined, limit: number): Statement {
  const { dialect, model } = table
  const { values, bind } = binder(dialect)
  const columns = [
    ...exactFields(model).map(field => readTerm(table, field)),
    ...hiddenColumnsOf(model).map(quote),
  ]
  const key = quote(columnOf(model.key))
  const condition = where(after === undefined ? [] : [`${key} > ${bind(after)}`])
  const text = `select ${columns.join(', ')} from ${quote(model.table)}${condition} order by ${key} limit ${bind(limit)}`
  return { text, values }
}

export function countExact({ model }: Table): Statement {
  return { text: `select count(*) from ${quote(model.table)}`, values: [] }
}

/** How many values a statement may bind on both databases. */
const maxValues = 30_000

/** How many rows one statement may insert. */
export function rowsAtOnce({ columns }: Table): number {
  return Math.min(500, Math.floor(maxValues / columns.length))
}

/** Inserts rows, each with a value for each column and hidden column. */
export function insertExact(
  { dialect, model }: Table,
  rows: readonly (readonly SqlValue[])[],
): Statement {
  const { values, bind } = binder(dialect)
  const fields = exactFields(model).filter(isColumn).map(columnOf)
  const columns = [...fields, ...hiddenColumnsOf(model), '_rev'].map(quote).join(', ')
  const tuples = rows.map(row => `(${[...row.map(bind), dialect.nextRevision].join(', ')})`)
  return {
    text: `insert into ${quote(model.table)} (${columns}) values ${tuples.join(', ')}`,
    values,
  }
}

/** Sets fields of a row that is there, for references in a circle. */
export function setExact(
  { dialect, model }: Table,
  key: SqlValue,
  members: readonly (readonly [field: Field, value: SqlValue])[],
): Statement {
  const { values, bind } = binder(dialect)
  const assigned = members.map(([field, value]) => `${quote(columnOf(field))} = ${bind(value)}`)
  return {
    text: `update ${quote(model.table)} set ${assigned.join(', ')} where ${quote(columnOf(model.key))} = ${bind(key)}`,
    values,
  }
}
