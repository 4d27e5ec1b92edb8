// Rows that stand in the way of a change, and how they are told to people.

import type { Row } from '../../resource/row.ts'
import { type Dialect, plain, quote } from '../store.ts'
import { notDeleted, type Table } from '../table.ts'
import type { Breaches, Search } from './broken-rules.ts'
import type { ActualTable } from './catalog.ts'
import type { Finding } from './change.ts'

/** At most this many of the rows found are named. */
export const named = 5

/** An alias that no resource has as its name. */
export const looked = quote('_looked')

/** The rows of a table that meet a condition, told by their keys. */
export function rowsWhere(
  table: Table,
  found: ActualTable,
  { condition, reason }: Condition,
): Finding {
  const key = quote(table.model.key.name)
  const deleted = found.columns.has('_deleted_at') ? `${quote('_deleted_at')} is not null` : 'false'
  return {
    query: plain(
      `select ${key}, ${deleted} from ${quote(table.name)} as ${looked} where ${condition} ` +
        `order by ${key} limit ${named + 1}`,
    ),
    reason: rows => `${reason} the rows ${enumerate(rows, keyToText)}: ${advice(table.dialect)}`,
  }
}

interface Condition {
  readonly condition: string
  /** What is wrong with the rows, up to where they are named. */
  readonly reason: string
}

/** A row that is deleted but kept cannot be changed by callers. */
function keyToText([key, deleted]: Row): string {
  return `${JSON.stringify(key)}${deleted ? ' (deleted, but kept)' : ''}`
}

function advice(dialect: Dialect): string {
  return `change them in ${fileName(dialect)}, or by the earlier version`
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

/** `1 row`, `2 rows`. */
export function rowsToText(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`
}

interface UniqueSet {
  /** All of its fields. */
  readonly set: readonly string[]
  /** Those that are columns already. */
  readonly fields: readonly string[]
}

/** Values that several rows share. */
export function sharedValues(
  table: Table,
  found: ActualTable,
  { set, fields }: UniqueSet,
): Finding {
  const columns = fields.map(quote).join(', ')
  const present = found.columns.has('_deleted_at') ? notDeleted(table.model) : []
  const conditions = [...present, ...fields.map(field => `${quote(field)} is not null`)]
  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`
  const grouped = columns === '' ? '' : ` group by ${columns}`
  const ordered = columns === '' ? '' : ` order by ${columns} limit ${named + 1}`
  const sets = set.filter(field => !field.startsWith('_')).join(', ')
  const from = `from ${quote(table.name)}${where}${grouped} having count(*) > 1${ordered}`
  const change = `change or delete them in ${fileName(table.dialect)}, or by the earlier version`
  return {
    query: plain(`select ${columns === '' ? 'count(*)' : columns} ${from}`),
    reason: rows =>
      columns === ''
        ? `${table.name} should be unique by ${sets}, and its ${rows[0]?.[0]} rows would all get the same: ${change}`
        : `${table.name} should be unique by ${sets}, and several rows share ${enumerate(rows)}: ${change}`,
  }
}

/** What to say of the rows that break rules which no check holds. */
export function breachesToReason(search: Search, { keys, mistake }: Breaches): string {
  return (
    `${nameOfRules(search)} breaks its rules (${mistake}) in the rows ${enumerate(keys)}: ` +
    advice(search.table.dialect)
  )
}

export function nameOfRules({ table, field }: Search): string {
  return `${table.name}.${field.name}`
}

function enumerate(rows: readonly Row[], toText = valuesToText): string {
  return [...rows.slice(0, named).map(toText), ...(rows.length > named ? ['…'] : [])].join(', ')
}

function valuesToText(row: Row): string {
  return row.length === 1 ? JSON.stringify(row[0]) : JSON.stringify(row)
}

/** Where people write what a definition cannot say. */
export function fileName({ name }: Dialect): string {
  return `migrations/${name}/<number>-<name>.sql`
}

/** The same where a command writes the file. */
export function writtenFileName(dialect: Dialect): string {
  return `${fileName(dialect)} ('migrate new NAME' writes one)`
}
