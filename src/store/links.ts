// Statements on the table of a link: the lists of keys that rows have.

import type { Condition } from '../query/filter.ts'
import { columnOf } from '../resource/field.ts'
import { positionColumn } from '../resource/links.ts'
import type { Link } from '../resource/model.ts'
import type { SqlValue } from '../resource/row.ts'
import { conditionsOf } from './condition.ts'
import { binder } from './select.ts'
import { quote, type Statement } from './store.ts'
import { notDeleted, type Table, where } from './table.ts'

/** Takes all keys from the list of a row. */
export function clearList({ dialect }: Table, { table, own }: Link, key: SqlValue): Statement {
  return {
    text: `delete from ${quote(table)} where ${quote(own)} = ${dialect.placeholder(1)}`,
    values: [key],
  }
}

/** Gives a row its list, in this order. */
export function fillList(
  { dialect }: Table,
  { table, own, other }: Link,
  key: SqlValue,
  keys: readonly SqlValue[],
): Statement {
  const { values, bind } = binder(dialect)
  const columns = [own, other, positionColumn, '_rev'].map(quote).join(', ')
  const rows = keys.map(
    (item, index) => `(${bind(key)}, ${bind(item)}, ${bind(index)}, ${dialect.nextRevision})`,
  )
  return { text: `insert into ${quote(table)} (${columns}) values ${rows.join(', ')}`, values }
}

/** Those of the keys that are of rows. */
export function selectPresent(
  table: Table,
  keys: readonly SqlValue[],
  visible: readonly Condition[] = [],
): Statement {
  const { dialect, model } = table
  const { values, bind } = binder(dialect)
  const filters = [{ field: model.key, operator: 'eq', values: keys } as const, ...visible]
  const conditions = [...notDeleted(model), ...conditionsOf(filters, { dialect, model, bind })]
  return {
    text: `select ${quote(columnOf(model.key))} from ${quote(model.table)}${where(conditions)}`,
    values,
  }
}

/** The same; the rows are kept from being changed until the transaction ends. */
export function selectPresentForShare(
  table: Table,
  keys: readonly SqlValue[],
  visible: readonly Condition[],
): Statement {
  const { text, values } = selectPresent(table, keys, visible)
  return { text: text + table.dialect.forShare, values }
}

/** The keys of the rows in whose lists a key is, those that are deleted aside. */
export function selectListing(
  { dialect, model }: Table,
  { table, own, other }: Link,
  key: SqlValue,
  limit: number,
): Statement {
  const listing = `select ${quote(own)} from ${quote(table)} where ${quote(other)} = ${dialect.placeholder(1)}`
  const conditions = [`${quote(columnOf(model.key))} in (${listing})`, ...notDeleted(model)]
  return {
    text:
      `select ${quote(columnOf(model.key))} from ${quote(model.table)}${where(conditions)} ` +
      `order by ${quote(columnOf(model.key))} limit ${dialect.placeholder(2)}${dialect.forUpdate}`,
    values: [key, limit],
  }
}

/** Takes a key from the lists of rows that are deleted and kept, which no caller sees. */
export function dropFromDeleted(
  { dialect, model }: Table,
  { table, own, other }: Link,
  key: SqlValue,
): Statement {
  const isDeleted = notDeleted(model).map(condition => `not (${condition})`)
  const deleted = `select ${quote(columnOf(model.key))} from ${quote(model.table)}${where(isDeleted)}`
  return {
    text:
      `delete from ${quote(table)} where ${quote(other)} = ${dialect.placeholder(1)} ` +
      `and ${quote(own)} in (${deleted})`,
    values: [key],
  }
}
