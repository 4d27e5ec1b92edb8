// Statements that read one row, a page of a list, or the number of rows.

import type { Condition } from '../query/filter.ts'
import type { ListQuery } from '../query/query.ts'
import { isBroad, type Search } from '../query/search.ts'
import { columnOf, type Field } from '../resource/field.ts'
import type { SqlValue } from '../resource/row.ts'
import { conditionsOf } from './condition.ts'
import { keysetCondition, orderTerm, toSortedBy } from './order.ts'
import { foundToSql } from './search.ts'
import { type Bind, type Dialect, quote, type Statement } from './store.ts'
import { notDeleted, readTerm, type Table, where } from './table.ts'

/** Selects a row by its key, if it is one of the `visible` rows. Columns: the model's fields, then the revision. */
export function selectMember(
  table: Table,
  key: SqlValue,
  visible: readonly Condition[] = [],
): Statement {
  if (visible.length === 0) return { text: table.text.read, values: [key] }
  const { values, bind } = binder(table.dialect, [key])
  const conditions = conditionsOf(visible, { ...table, bind }).map(condition => ` and ${condition}`)
  return { text: table.text.read + conditions.join(''), values }
}

/** The same, locked until the transaction ends. */
export function selectForUpdate(
  table: Table,
  key: SqlValue,
  visible: readonly Condition[] = [],
): Statement {
  const { text, values } = selectMember(table, key, visible)
  return { text: text + table.dialect.forUpdate, values }
}

/** Selects the first row that fulfils the conditions, locked until the transaction ends. */
export function selectMatchingForUpdate(
  { dialect, model, text }: Table,
  matching: readonly Condition[],
): Statement {
  const { values, bind } = binder(dialect)
  const conditions = [...notDeleted(model), ...conditionsOf(matching, { dialect, model, bind })]
  return {
    text:
      `select ${text.returned} from ${quote(model.table)}${where(conditions)} ` +
      `order by ${quote(columnOf(model.key))} limit 1${dialect.forUpdate}`,
    values,
  }
}

/** A row that is marked as deleted, locked until the transaction ends. */
export function selectDeletedForUpdate(
  table: Table,
  key: SqlValue,
  visible: readonly Condition[],
): Statement {
  const { values, bind } = binder(table.dialect, [key])
  const conditions = conditionsOf(visible, { ...table, bind }).map(condition => ` and ${condition}`)
  const text = table.text.readDeleted + conditions.join('') + table.dialect.forUpdate
  return { text, values }
}

/** The same, kept from being changed until the transaction ends. */
export function selectForShare(
  table: Table,
  key: SqlValue,
  visible: readonly Condition[] = [],
): Statement {
  const { text, values } = selectMember(table, key, visible)
  return { text: text + table.dialect.forShare, values }
}

/** The keys of the rows that refer to one of these by the field, and then all that they refer to; locked. */
export function selectReferring(
  { dialect, model }: Table,
  field: Pick<Field, 'name' | 'column'>,
  keys: readonly SqlValue[],
  limit: number,
): Statement {
  const { values, bind } = binder(dialect)
  const columns = [model.key, ...model.references.map(({ field }) => field)]
  const filter = { field, operator: 'eq', values: keys } as const
  const conditions = conditionsOf([filter], { dialect, model, bind })
  const text =
    `select ${columns.map(field => quote(columnOf(field))).join(', ')} from ${quote(model.table)}` +
    `${where([...conditions, ...notDeleted(model)])} order by ${quote(columnOf(model.key))} ` +
    `limit ${bind(limit)}${dialect.forUpdate}`
  return { text, values }
}

/**
 * Selects the rows of a page and one more, nearest to the position first; fewer if they would be too large together.
 * Columns: those of the query, then those that the dialect needs.
 */
export function selectPage(table: Table, query: ListQuery): Statement {
  const { dialect, model } = table
  const { values, bind } = binder(dialect)
  const { select, timed } = listSelect(table, query, bind)
  const text = `${select} limit ${bind(query.limit + 1)}`
  const { size } = query
  if (size === undefined) return { text, values, ...timed }
  const texts = size.texts.map(index => quote(columnOf(query.columns[index] ?? model.key)))
  if (texts.length === 0) return { text, values, size, ...timed }
  return { text: dialect.fitting(text, texts, () => bind(size.most)), values, size, ...timed }
}

/** Selects all rows of a list, in its order. Columns: those of the query. */
export function selectList(table: Table, query: ListQuery): Statement {
  const { values, bind } = binder(table.dialect)
  const { select, timed } = listSelect(table, query, bind)
  return { text: select, values, ...timed }
}

/** The rows of a list from a position on, and what limits their time. */
function listSelect({ dialect, model }: Table, query: ListQuery, bind: Bind) {
  const { position } = query
  const keys = position?.backward
    ? query.sort.map(key => ({ ...key, descending: !key.descending }))
    : query.sort
  const sort = toSortedBy(keys, { dialect, model, bind })
  const chosen = [...notDeleted(model), ...conditionsOf(query.filters, { dialect, model, bind })]
  const { timed, time } = timeOf(dialect, query.filters, chosen.length > 0 || sort.length > 1)
  const conditions = [
    ...time,
    ...chosen,
    ...(position === undefined ? [] : [keysetCondition(sort, position.values, bind)]),
  ]
  const rank = sort.find(({ search }) => search !== undefined)
  const columns = query.columns.map(field =>
    field === rank?.field
      ? `${rank.column} as ${quote(field.name)}`
      : readTerm({ dialect, model }, field),
  )
  const select =
    `select ${columns.join(', ')} from ${quote(model.table)}${where(conditions)} ` +
    `order by ${sort.map(orderTerm).join(', ')}`
  return { select, timed }
}

/**
 * The limit of time of a select, if it may look at more rows than it returns. As the first condition it is asked for each of
 * them, while an index still finds those of the other conditions.
 */
function timeOf({ inTime }: Dialect, filters: readonly Condition[], isHard: boolean) {
  if (inTime === undefined || !isHard) return { timed: {}, time: [] }
  const isLong = filters.some(filter => 'search' in filter && isBroad(filter.search))
  return { timed: { timed: true, ...(isLong && { isLong }) }, time: [inTime] }
}

/** Selects the number of rows that match the filters. */
export function selectCount({ dialect, model }: Table, filters: readonly Condition[]): Statement {
  const { values, bind } = binder(dialect)
  const conditions = [...notDeleted(model), ...conditionsOf(filters, { dialect, model, bind })]
  const { timed, time } = timeOf(dialect, filters, conditions.length > 0)
  const text = `select count(*) from ${quote(model.table)}${where([...time, ...conditions])}`
  return { text, values, ...timed }
}

/** Selects the number of rows that match the filters, as far as it is not above a limit. */
export function selectCountUpTo(
  { dialect, model }: Table,
  filters: readonly Condition[],
  limit: number,
): Statement {
  const { values, bind } = binder(dialect)
  const conditions = [...notDeleted(model), ...conditionsOf(filters, { dialect, model, bind })]
  const { timed, time } = timeOf(dialect, filters, true)
  const some = `select 1 from ${quote(model.table)}${where([...time, ...conditions])} limit ${bind(limit)}`
  return { text: `select count(*) from (${some}) as "some"`, values, ...timed }
}

/** Selects how many rows have the words of a search, whoever sees them, up to a limit; undefined where nothing depends on that. */
export function selectFoundUpTo(
  { dialect, model }: Table,
  search: Search,
  limit: number,
): Statement | undefined {
  const { values, bind } = binder(dialect)
  const found = foundToSql(search, { dialect, model, bind })
  if (found === undefined) return undefined
  return { text: `select count(*) from (${found} limit ${bind(limit)}) as "some"`, values }
}

/** A statement that estimates that number without reading the rows; undefined where the database has no such estimate. */
export function estimateCount(
  { dialect, model }: Table,
  filters: readonly Condition[],
): { readonly statement: Statement; readonly read: (value: SqlValue) => number } | undefined {
  if (dialect.estimate === undefined) return undefined
  const { values, bind } = binder(dialect)
  const conditions = [...notDeleted(model), ...conditionsOf(filters, { dialect, model, bind })]
  const text = dialect.estimate.text(`select 1 from ${quote(model.table)}${where(conditions)}`)
  return { statement: { text, values }, read: dialect.estimate.read }
}

export function binder(
  dialect: Dialect,
  first: readonly SqlValue[] = [],
): { values: SqlValue[]; bind: Bind } {
  const values = [...first]
  return { values, bind: value => dialect.placeholder(values.push(value)) }
}
