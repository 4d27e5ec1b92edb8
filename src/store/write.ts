// Statements that write one row. Each sets a new revision; changes that are based on one compare it.

import type { Condition } from '../query/filter.ts'
import { columnOf, type Field } from '../resource/field.ts'
import { columnFields, isColumn, isCounted, type Model } from '../resource/model.ts'
import { hiddenOwner, hidesOwner } from '../resource/owner.ts'
import type { SqlValue } from '../resource/row.ts'
import { conditionsOf } from './condition.ts'
import { binder } from './select.ts'
import { quote, type Statement } from './store.ts'
import { notDeleted, type Table, where } from './table.ts'

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

/** How many rows one statement may insert. Its text is prepared, so there are few numbers: powers of two. */
export function portionsOf({ model }: Table, count: number): readonly number[] {
  const most = Math.min(maxRows, Math.floor(maxValues / (columnFields(model).length + 1)))
  const portions: number[] = []
  for (let left = count; left > 0; left -= portions.at(-1) ?? 1)
    portions.push(2 ** Math.floor(Math.log2(Math.min(left, Math.max(1, most)))))
  return portions
}

const maxRows = 128
/** SQLite binds up to 32,766 values, PostgreSQL 65,535. */
const maxValues = 30_000

/** Options of a statement for several rows; it returns `whole` rows, as `insertRow` does, or only their keys. */
interface ManyOptions {
  readonly owner: string
  readonly whole: boolean
}

/** Inserts several rows, of which all have keys or none has. Returns them in their order. */
export function insertRows(
  table: Table,
  rows: readonly (readonly SqlValue[])[],
  { owner, whole }: ManyOptions,
): Statement {
  const { model, dialect, text } = table
  const hasKeys = rows[0]?.[0] !== null
  const names = columnFields(model)
    .map(columnOf)
    .slice(hasKeys ? 0 : 1)
  const columns = [...names, ...(hidesOwner(model) ? [hiddenOwner] : []), '_rev'].map(quote)
  const values: SqlValue[] = []
  const tuples = rows.map(row => {
    const bound = columnValues(model, row).slice(hasKeys ? 0 : 1)
    const all = hidesOwner(model) ? [...bound, owner] : bound
    return `(${[...all.map(value => dialect.placeholder(values.push(value))), dialect.nextRevision].join(', ')})`
  })
  return {
    text:
      `insert into ${quote(model.table)} (${columns.join(', ')}) values ${tuples.join(', ')} ` +
      `returning ${whole ? text.returned : quote(columnOf(model.key))}`,
    values,
  }
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

export interface Assignment {
  readonly field: Pick<Field, 'name' | 'column'>
  readonly value: SqlValue
}

/**
 * Sets these fields of a row, whatever its revision is, if it fulfils the conditions. Returns the fields and the revision;
 * nothing if there is no such row.
 */
export function setFields(
  { dialect, model, text }: Table,
  key: SqlValue,
  assignments: readonly Assignment[],
  visible: readonly Condition[],
): Statement {
  const { values, bind } = binder(dialect)
  const terms = assignments.map(({ field, value }) => `${quote(columnOf(field))} = ${bind(value)}`)
  const conditions = [
    `${quote(columnOf(model.key))} = ${bind(key)}`,
    ...notDeleted(model),
    ...conditionsOf(visible, { dialect, model, bind }),
  ]
  return {
    text:
      `update ${quote(model.table)} set ${[...terms, `"_rev" = ${dialect.nextRevision}`].join(', ')}` +
      `${where(conditions)} returning ${text.returned}`,
    values,
  }
}

/** Sets one column of a row that nobody has seen yet, or that is about to be deleted: its revision stays. */
export function setColumn(
  { dialect, model }: Table,
  field: Field,
  { key, value }: { readonly key: SqlValue; readonly value: SqlValue },
): Statement {
  const [first, second] = [dialect.placeholder(1), dialect.placeholder(2)]
  return {
    text: `update ${quote(model.table)} set ${quote(columnOf(field))} = ${first} where ${quote(columnOf(model.key))} = ${second}`,
    values: [value, key],
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
