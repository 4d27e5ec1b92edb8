// Statements that read one row, a page of a list, or the number of rows.

import type { Condition } from '../query/filter.ts'
import type { ListQuery } from '../query/query.ts'
import type { SortKey } from '../query/sort.ts'
import { columnOf, type Field } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import type { SqlValue } from '../resource/row.ts'
import { conditionsOf } from './condition.ts'
import { type Bind, type Dialect, quote, type Statement } from './store.ts'
import { notDeleted, readTerm, type Table, valueTerm, where } from './table.ts'

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
  const { select, isHard } = listSelect(table, query, bind)
  const text = `${select} limit ${bind(query.limit + 1)}`
  const timed = isHard ? { timed: true } : {}
  const { size } = query
  if (size === undefined) return { text, values, ...timed }
  const texts = size.texts.map(index => quote(columnOf(query.columns[index] ?? model.key)))
  if (texts.length === 0) return { text, values, size, ...timed }
  return { text: dialect.fitting(text, texts, () => bind(size.most)), values, size, ...timed }
}

/** Selects all rows of a list, in its order. Columns: those of the query. */
export function selectList(table: Table, query: ListQuery): Statement {
  const { values, bind } = binder(table.dialect)
  const { select, isHard } = listSelect(table, query, bind)
  return { text: select, values, ...(isHard ? { timed: true } : {}) }
}

/** The rows of a list from a position on. `isHard`: whether it has the limit of time. */
function listSelect({ dialect, model }: Table, query: ListQuery, bind: Bind) {
  const { position } = query
  const sort = position?.backward
    ? query.sort.map(key => ({ ...key, descending: !key.descending }))
    : query.sort
  const chosen = [...notDeleted(model), ...conditionsOf(query.filters, { dialect, model, bind })]
  const { timed, time } = timeOf(dialect, chosen.length > 0 || sort.length > 1)
  const conditions = [
    ...time,
    ...chosen,
    ...(position === undefined ? [] : [keysetCondition(sort, position.values, { model, bind })]),
  ]
  const columns = query.columns.map(field => readTerm({ dialect, model }, field)).join(', ')
  const select =
    `select ${columns} from ${quote(model.table)}${where(conditions)} ` +
    `order by ${sort.map(key => orderTerm(model, key)).join(', ')}`
  return { select, isHard: 'timed' in timed }
}

/**
 * The limit of time of a select, if it may look at more rows than it returns. As the first condition it is asked for each of
 * them, while an index still finds those of the other conditions.
 */
function timeOf({ inTime }: Dialect, isHard: boolean) {
  if (inTime === undefined || !isHard) return { timed: {}, time: [] }
  return { timed: { timed: true }, time: [inTime] }
}

/** Selects the number of rows that match the filters. */
export function selectCount({ dialect, model }: Table, filters: readonly Condition[]): Statement {
  const { values, bind } = binder(dialect)
  const conditions = [...notDeleted(model), ...conditionsOf(filters, { dialect, model, bind })]
  const { timed, time } = timeOf(dialect, conditions.length > 0)
  const text = `select count(*) from ${quote(model.table)}${where([...time, ...conditions])}`
  return { text, values, ...timed }
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

/** Null sorts below every value, in both directions and on both databases. */
function orderTerm(model: Model, key: SortKey): string {
  const nulls = key.field.nullable ? ` nulls ${key.descending ? 'last' : 'first'}` : ''
  return `${sortTerm(model, key)} ${key.descending ? 'desc' : 'asc'}${nulls}`
}

/** The value that is compared. Of a long text, it is only the part that a cursor carries. */
function sortTerm(model: Model, { field, prefix }: SortKey): string {
  const term = valueTerm(model, field)
  return prefix === undefined ? term : `substr(${term}, 1, ${prefix})`
}

/** It is not `false`, because that would be a column if a field had this name. */
const never = '0 = 1'

/**
 * The keyset condition for the rows after the row with these sort values: greater in the first key, or equal in it and
 * after it in the rest. The bound of the first key is repeated alone, so that an index can start there.
 */
function keysetCondition(
  sort: readonly SortKey[],
  values: readonly SqlValue[],
  { model, bind }: { readonly model: Model; readonly bind: Bind },
): string {
  const [key, ...rest] = sort
  const [value = null, ...others] = values
  if (key === undefined) return never
  const column = sortTerm(model, key)
  const after = afterValue({ ...key, column }, value, bind)
  if (rest.length === 0) return after
  const equal = value === null ? `${column} is null` : `${column} = ${bind(value)}`
  const tie = `(${equal} and ${keysetCondition(rest, others, { model, bind })})`
  // No value is below null, so the other half is left out, and an index can start at the nulls.
  if (value === null && key.descending) return tie
  const step = `(${after} or ${tie})`
  const bounded = value !== null && !(key.descending && key.field.nullable)
  return bounded ? `${column} ${key.descending ? '<=' : '>='} ${bind(value)} and ${step}` : step
}

function afterValue(
  { field, descending, column }: SortKey & { readonly column: string },
  value: SqlValue,
  bind: Bind,
): string {
  if (value === null) return descending ? never : `${column} is not null`
  if (!descending) return `${column} > ${bind(value)}`
  return field.nullable
    ? `(${column} < ${bind(value)} or ${column} is null)`
    : `${column} < ${bind(value)}`
}
