// Deleted rows that are kept stay in their table, but they block nothing. When a new row takes the key of a kept row, or
// when the row that a kept row refers to is deleted, the kept row moves to a separate table.

import { columnOf } from '../resource/field.ts'
import type { SqlValue } from '../resource/row.ts'
import { type Dialect, quote, type Statement, type Work } from './store.ts'
import { notDeleted, type Table, where } from './table.ts'

const keptRows = quote('_deleted_rows')

/** Revisions are never used twice, so a revision identifies one row among the rows of all tables. */
export const createKeptRows = ({ columnTypes, tableOptions }: Dialect) =>
  `create table ${keptRows} ("revision" ${columnTypes.integer} not null primary key, ` +
  `"table" ${columnTypes.string} not null, "row" ${columnTypes.json} not null) ${tableOptions}`

/** The keys of the deleted rows that have this value in the column. */
export function selectDeleted(
  { dialect, name, model }: Table,
  column: string,
  value: SqlValue,
): Statement {
  const isDeleted = notDeleted(model).map(condition => `not (${condition})`)
  const condition = where([`${quote(column)} = ${dialect.placeholder(1)}`, ...isDeleted])
  return {
    text: `select ${quote(columnOf(model.key))} from ${quote(name)}${condition}`,
    values: [value],
  }
}

/** Moves the deleted rows that have this value in the column out of the table. */
export function* setAside(table: Table, column: string, value: SqlValue): Work<void> {
  const { dialect, name, model, columns } = table
  if (!model.keepDeleted) return
  const isDeleted = notDeleted(model).map(condition => `not (${condition})`)
  const condition = where([`${quote(column)} = ${dialect.placeholder(1)}`, ...isDeleted])
  const from = `from ${quote(name)}${condition}`
  const [found] = yield { text: `select 1 ${from} limit 1`, values: [value] }
  if (found === undefined) return
  const json = dialect.rowToJson(quote(name), columns)
  yield {
    text: `insert into ${keptRows} select "_rev", ${dialect.placeholder(2)}, ${json} ${from} on conflict do nothing`,
    values: [value, name],
  }
  yield {
    text: `delete ${from} and "_rev" in (select "revision" from ${keptRows})`,
    values: [value],
  }
}

/** The keys of rows that were deleted before a time, the earliest first. */
export function selectDeletedBefore(table: Table, time: string, limit: number): Statement {
  const { dialect, model, name } = table
  const [first, second] = [dialect.placeholder(1), dialect.placeholder(2)]
  return {
    text:
      `select ${quote(columnOf(model.key))} from ${quote(name)} where "_deleted_at" < ${first} ` +
      `order by "_deleted_at" limit ${second}`,
    values: [time, limit],
  }
}

/** The row, if it was deleted before a time, locked until the transaction ends. */
export function selectExpired(table: Table, key: SqlValue, time: string): Statement {
  return { text: `select 1 ${ofExpired(table)}${table.dialect.forUpdate}`, values: [key, time] }
}

export function deleteExpired(table: Table, key: SqlValue, time: string): Statement {
  return { text: `delete ${ofExpired(table)}`, values: [key, time] }
}

function ofExpired({ dialect, model, name }: Table): string {
  const [first, second] = [dialect.placeholder(1), dialect.placeholder(2)]
  return `from ${quote(name)} where ${quote(columnOf(model.key))} = ${first} and "_deleted_at" < ${second}`
}

/** Deletes rows that were moved out of the table. Gives a row for each. */
export function forgetSetAside({ dialect, name }: Table, time: string, limit: number): Statement {
  const [first, second, third] = [1, 2, 3].map(n => dialect.placeholder(n))
  const expired =
    `select "revision" from ${keptRows} where "table" = ${first} ` +
    `and ("row" ->> '_deleted_at') < ${second} limit ${third}`
  return {
    text: `delete from ${keptRows} where "revision" in (${expired}) returning 1`,
    values: [name, time, limit],
  }
}

/** The rows that were moved out of the table after this revision: the revision, and the row as JSON. */
export function selectSetAside(
  { dialect, name }: Table,
  after: SqlValue,
  limit: number,
): Statement {
  const [first, second, third] = [1, 2, 3].map(n => dialect.placeholder(n))
  const text =
    `select "revision", "row" from ${keptRows} where "table" = ${first} and "revision" > ${second} ` +
    `order by "revision" limit ${third}`
  return { text, values: [name, after, limit] }
}

export function insertSetAside({ dialect, name }: Table, row: string): Statement {
  const [first, second] = [dialect.placeholder(1), dialect.placeholder(2)]
  return {
    text: `insert into ${keptRows} values (${dialect.nextRevision}, ${first}, ${second})`,
    values: [name, row],
  }
}
