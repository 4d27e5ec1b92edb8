// Statements that write one row. Each takes a new revision; changes compare the one they are based on.

import type { Field } from '../resource/field.ts'
import { isCounted } from '../resource/model.ts'
import type { SqlValue } from '../resource/row.ts'
import { quote, type Statement } from './store.ts'
import type { Table } from './table.ts'

/**
 * `row`: a value for each field, the key first; a null key is made by the server. Gives the fields and the revision.
 * `owner`: whose it is, where rows have owners.
 */
export function insertRow({ text, model }: Table, row: readonly SqlValue[], owner = ''): Statement {
  const [key, ...others] = row
  const owners = model.owner ? [owner] : []
  return key === null || key === undefined
    ? { text: text.insert, values: [...others, ...owners] }
    : { text: text.insertWithKey, values: [...row, ...owners] }
}

/** What the database needs to be told before a row with this key, where it counts the keys. */
export function beforeInsert(
  { dialect, model }: Table,
  row: readonly SqlValue[],
): readonly Statement[] {
  const [key = null] = row
  if (key === null || !isCounted(model)) return []
  return dialect.beforeProposedKey(model.name, { column: model.key.name, value: key })
}

/** Replaces the row that is at this revision; gives the fields and the revision, or nothing if it is not there. */
export function updateRow(
  { text }: Table,
  row: readonly SqlValue[],
  revision: SqlValue,
): Statement {
  const [key = null, ...others] = row
  return { text: text.update, values: [...others, key, revision] }
}

/** Takes the value of a column from a row that is about to be deleted: its revision stays. */
export function clearColumn(
  { dialect, model }: Table,
  { name }: Pick<Field, 'name'>,
  key: SqlValue,
): Statement {
  return {
    text: `update ${quote(model.name)} set ${quote(name)} = null where ${quote(model.key.name)} = ${dialect.placeholder(1)}`,
    values: [key],
  }
}

/** Deletes, or marks as deleted, the row that is at this revision. */
export function deleteRow(
  { text, model }: Table,
  key: SqlValue,
  revision: SqlValue,
  now: Date,
): Statement {
  const values = model.keepDeleted ? [key, revision, now.toISOString()] : [key, revision]
  return { text: text.remove, values }
}
