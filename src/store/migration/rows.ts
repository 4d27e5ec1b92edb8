// Rows that stand in the way of a change, and how they are told to people.

import { numberOf } from '../../resource/number-of.ts'
import type { Row } from '../../resource/row.ts'
import { plain, quote } from '../store.ts'
import { notDeleted } from '../table.ts'
import type { Advice } from './advice.ts'
import type { Breaches, Search } from './broken-rules.ts'
import type { Finding } from './change.ts'
import type { Pair } from './pair.ts'

/** At most this many of the rows found are named. */
export const named = 5

/** An alias that no resource has as its name. */
export const looked = quote('_looked')

/** The rows of a table that meet a condition, told by their keys. */
export function rowsWhere(
  { table, found, advice }: Pair,
  { condition, reason }: Condition,
): Finding {
  const key = quote(table.model.key.name)
  const deleted = found.columns.has('_deleted_at') ? `${quote('_deleted_at')} is not null` : 'false'
  return {
    query: plain(
      `select ${key}, ${deleted} from ${quote(table.name)} as ${looked} where ${condition} ` +
        `order by ${key} limit ${named + 1}`,
    ),
    reason: rows => `${reason} ${enumerateRows(rows, keyToText)}: change them ${advice.where}`,
  }
}

interface Condition {
  readonly condition: string
  /** The mistake in the rows, up to their names. */
  readonly reason: string
}

/** A row that is deleted but kept cannot be changed by callers. */
function keyToText([key, deleted]: Row): string {
  return `${JSON.stringify(key)}${deleted ? ' (deleted, but kept)' : ''}`
}

/** How many rows meet a condition, where there are any. */
export function countWhere(
  name: string,
  condition: string,
  reason: (count: number) => string,
): Finding {
  return {
    query: plain(`select count(*) from ${quote(name)} where ${condition} having count(*) > 0`),
    reason: rows => reason(Number(rows[0]?.[0])),
  }
}

/** How much there is of `things.note`, or of the table `notes`. */
export function contentOf(name: string): Finding {
  const [table = '', column] = name.split('.')
  if (column === undefined)
    return countWhere(table, '1 = 1', count => `${name}: ${numberOf(count, 'row')}`)
  const condition = `${quote(column)} is not null`
  return countWhere(table, condition, count => `${name}: ${numberOf(count, 'row')} with a value`)
}

interface UniqueSet {
  /** All of its fields. */
  readonly set: readonly string[]
  /** Those that are columns already. */
  readonly fields: readonly string[]
  /** By column, what the rows get that have no value in it. */
  readonly filled: ReadonlyMap<string, string>
}

/** Values that several rows share. */
export function sharedValues(
  { table, found, advice }: Pair,
  { set, fields, filled }: UniqueSet,
): Finding {
  const columns = fields.map(field => filledColumn(field, filled.get(field))).join(', ')
  const present = found.columns.has('_deleted_at') ? notDeleted(table.model) : []
  const valued = fields.filter(field => !filled.has(field))
  const conditions = [...present, ...valued.map(field => `${quote(field)} is not null`)]
  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`
  const grouped = columns === '' ? '' : ` group by ${columns}`
  const ordered = columns === '' ? '' : ` order by ${columns} limit ${named + 1}`
  const sets = set.filter(field => !field.startsWith('_')).join(', ')
  const change = `change or delete them ${advice.where}`
  const from = `from ${quote(table.name)}${where}${grouped} having count(*) > 1${ordered}`
  return {
    query: plain(`select ${columns === '' ? 'count(*)' : columns} ${from}`),
    reason: rows =>
      columns === ''
        ? `${table.name} should be unique by ${sets}, and its ${rows[0]?.[0]} rows would all get the same: ${change}`
        : `${table.name} should be unique by ${sets}, and several rows ${filled.size > 0 ? 'would share' : 'share'} ${enumerate(rows)}: ${change}`,
  }
}

function filledColumn(field: string, value: string | undefined): string {
  return value === undefined ? quote(field) : `coalesce(${quote(field)}, ${value})`
}

/** Describes the rows that break rules which no check holds. */
export function breachesToReason(
  search: Search,
  { keys, mistake }: Breaches,
  advice: Advice,
): string {
  return `${nameOfRules(search)} breaks its rules (${mistake}) in ${enumerateRows(keys)}: change them ${advice.where}`
}

export function nameOfRules({ table, field }: Search): string {
  return `${table.name}.${field.name}`
}

/** `the row 2`, `the rows 2, 3`. */
function enumerateRows(rows: readonly Row[], toText = valuesToText): string {
  return `${rows.length === 1 ? 'the row' : 'the rows'} ${enumerate(rows, toText)}`
}

function enumerate(rows: readonly Row[], toText = valuesToText): string {
  return [...rows.slice(0, named).map(toText), ...(rows.length > named ? ['…'] : [])].join(', ')
}

function valuesToText(row: Row): string {
  return row.length === 1 ? JSON.stringify(row[0]) : JSON.stringify(row)
}
