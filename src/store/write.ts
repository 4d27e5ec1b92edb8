// Statements that write one row. Each sets a new revision; changes compare the revision that they are based on.

import { columnOf, type Field } from '../resource/field.ts'
import { isColumn, isCounted, type Model } from '../resource/model.ts'
import { hidesOwner } from '../resource/owner.ts'
import type { SqlValue } from '../resource/row.ts'
import { quote, type Statement } from './store.ts'
import type { Table } from './table.ts'

/**
 * `row`: a value for each field, the key first; the server makes a key that is null. Returns the fields and the revision.
 * `owner`: whose row it is, where rows have owners and no field says so.
 */
export function insertRow({ text, model }: Table, row: readonly SqlValue[], owner = ''): Statement {
  const [key, ...others] = columnValues(model, row)
  const owners = hidesOwner(model) ? [owner] : []
  return key === null || key === undefined
    ? { text: text.insert, values: [...others, ...owners] }
    : { text: text.insertWithKey, values: [key, ...others, ...owners] }
}

/** Without the fields that are no columns. */
function columnValues({ fields, links, borrowed }: Model, row: readonly SqlValue[]) {
  if (links.length === 0 && borrowed.length === 0) return row
  return row.filter((_, index) => isColumn(fields[index] as Field))
}

/** The statements before a row with this key is inserted, if the database counts the keys. */
export function beforeInsert(
  { dialect, model }: Table,
  row: readonly SqlValue[],
): readonly Statement[] {
  const [key = null] = row
  if (key === null || !isCounted(model)) return []
  return dialect.beforeProposedKey(model.table, { column: columnOf(model.key), value: key })
}

/** Replaces the row if it has this revision. Returns the fields and the revision; nothing if there is no such row. */
export function updateRow(
  { text, model }: Table,
  row: readonly SqlValue[],
  revision: SqlValue,
): Statement {
  const [key = null, ...others] = columnValues(model, row)
  return { text: text.update, values: [...others, key, revision] }
}

/** The same with a row that is marked as deleted, which it is no longer then. */
export function restoreRow(table: Table, row: readonly SqlValue[], revision: SqlValue): Statement {
  return { ...updateRow(table, row, revision), text: table.text.restore }
}

/** Takes the value of a column from a row that is about to be deleted: its revision stays. */
export function clearColumn({ dialect, model }: Table, field: Field, key: SqlValue): Statement {
  return {
    text: `update ${quote(model.table)} set ${quote(columnOf(field))} = null where ${quote(columnOf(model.key))} = ${dialect.placeholder(1)}`,
    values: [key],
  }
}

/** Deletes the row, or marks it as deleted, if it has this revision. */
export function deleteRow(
  { text, model }: Table,
  key: SqlValue,
  revision: SqlValue,
  now: Date,
): Statement {
  const values = model.keepDeleted ? [key, revision, now.toISOString()] : [key, revision]
  return { text: text.remove, values }
}
