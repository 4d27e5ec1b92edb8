// The order of a list in SQL, and where a page of it begins.

import type { SortKey } from '../query/sort.ts'
import type { Model } from '../resource/model.ts'
import type { SqlValue } from '../resource/row.ts'
import { rankTerm } from './search.ts'
import type { Bind, Dialect } from './store.ts'
import { valueTerm } from './table.ts'

interface Writing {
  readonly dialect: Dialect
  readonly model: Model
  readonly bind: Bind
}

export interface SortedBy extends SortKey {
  /** As SQL. */
  readonly column: string
}

/** Null sorts below every value, in both directions and on both databases. */
export function orderTerm({ field, descending, column }: SortedBy): string {
  const nulls = field.nullable ? ` nulls ${descending ? 'last' : 'first'}` : ''
  return `${column} ${descending ? 'desc' : 'asc'}${nulls}`
}

/** The keys with what is compared. Of a long text, it is only the part that a cursor carries. */
export function toSortedBy(sort: readonly SortKey[], writing: Writing): readonly SortedBy[] {
  return sort.map(key => ({ ...key, column: sortTerm(key, writing) }))
}

function sortTerm({ field, prefix, search }: SortKey, writing: Writing): string {
  if (search !== undefined) return rankTerm(search, writing)
  const term = valueTerm(writing.model, field)
  return prefix === undefined ? term : `substr(${term}, 1, ${prefix})`
}

/** It is not `false`, because that would be a column if a field had this name. */
const never = '0 = 1'

/**
 * The keyset condition for the rows after the row with these sort values: greater in the first key, or equal in it and
 * after it in the rest. The bound of the first key is repeated alone, so that an index can start there.
 */
export function keysetCondition(
  sort: readonly SortedBy[],
  values: readonly SqlValue[],
  bind: Bind,
): string {
  const [key, ...rest] = sort
  const [value = null, ...others] = values
  if (key === undefined) return never
  const { column } = key
  const after = afterValue(key, value, bind)
  if (rest.length === 0) return after
  const equal = value === null ? `${column} is null` : `${column} = ${bind(value)}`
  const tie = `(${equal} and ${keysetCondition(rest, others, bind)})`
  // No value is below null, so the other half is left out, and an index can start at the nulls.
  if (value === null && key.descending) return tie
  const step = `(${after} or ${tie})`
  const bounded = value !== null && !(key.descending && key.field.nullable)
  return bounded ? `${column} ${key.descending ? '<=' : '>='} ${bind(value)} and ${step}` : step
}

function afterValue({ field, descending, column }: SortedBy, value: SqlValue, bind: Bind): string {
  if (value === null) return descending ? never : `${column} is not null`
  if (!descending) return `${column} > ${bind(value)}`
  return field.nullable
    ? `(${column} < ${bind(value)} or ${column} is null)`
    : `${column} < ${bind(value)}`
}
