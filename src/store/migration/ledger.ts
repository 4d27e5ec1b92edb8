// The ledger of definitions: what the tables were brought to, when and by which version of the service.

import { hash } from 'node:crypto'
import { type Dialect, plain, quote, type Work } from '../store.ts'
import type { Table } from '../table.ts'
import type { Catalog } from './catalog.ts'
import { type Definition, toDefinition } from './definition.ts'

const ledger = quote('_definitions')

/**
 * One row for each time that the tables were brought to a definition; nothing is taken out. The last one is current.
 * One before it is `earlier` while its instances can live with the tables, and `withdrawn` after a change with which
 * they cannot.
 */
export interface LedgerEntry {
  /** Counts from 1. */
  readonly position: number
  /** Tells one definition from another, as far as tables go. */
  readonly fingerprint: string
  /** Of the service's package. */
  readonly version: string
  /** When the tables were brought to it, in UTC. */
  readonly time: string
  /** When it was withdrawn, in UTC. */
  readonly withdrawn: string | null
  /** As JSON: a `Definition`. */
  readonly definition: string
}

const columns = ['position', 'fingerprint', 'version', 'time', 'withdrawn', 'definition'] as const
const selected = columns.map(quote).join(', ')

/** What makes the ledger where there is none, or one of before it remembered whole definitions. */
export function createLedger({ columnTypes, tableOptions }: Dialect, found: Catalog): readonly string[] {
  const actual = found.get('_definitions')
  if (actual?.columns.has('definition')) return []
  const { integer, string, json } = columnTypes
  return [
    ...(actual === undefined ? [] : [`drop table ${ledger}`]),
    `create table ${ledger} ("position" ${integer} not null primary key, "fingerprint" ${string} not null, ` +
      `"version" ${string} not null, "time" ${string} not null, "withdrawn" ${string}, ` +
      `"definition" ${json} not null) ${tableOptions}`,
  ]
}

/** The entries that tell something now: for each definition its last one, in order. */
export function* readLedger(): Work<readonly LedgerEntry[]> {
  const last = `select max("position") from ${ledger} group by "fingerprint"`
  const rows = yield plain(`select ${selected} from ${ledger} where "position" in (${last}) order by "position"`)
  return rows.map(row => Object.fromEntries(columns.map((name, index) => [name, row[index]])) as unknown as LedgerEntry)
}

export function definitionOf({ definition }: LedgerEntry): Definition {
  return JSON.parse(definition)
}

/** Who brings the tables to a definition, and when. */
export interface Occasion {
  /** The version of the service. */
  readonly version: string
  /** In UTC, as ISO 8601 has it. */
  readonly now: string
}

/** Adds a definition as the current one. */
export function* recordDefinition(dialect: Dialect, tables: readonly Table[], { version, now }: Occasion): Work<void> {
  const values = [fingerprintOf(tables), version, now, JSON.stringify(toDefinition(tables))]
  const [first, second, third, fourth] = values.map((_, index) => dialect.placeholder(index + 1))
  yield {
    text:
      `insert into ${ledger} (${selected}) ` +
      `select coalesce(max("position"), 0) + 1, ${first}, ${second}, ${third}, null, ${fourth} from ${ledger}`,
    values,
  }
}

/** Withdraws every definition but this one. */
export function* withdrawOthers(dialect: Dialect, fingerprint: string, { now }: Occasion): Work<void> {
  const [first, second] = [dialect.placeholder(1), dialect.placeholder(2)]
  yield {
    text: `update ${ledger} set "withdrawn" = ${first} where "withdrawn" is null and "fingerprint" <> ${second}`,
    values: [now, fingerprint],
  }
}

export function fingerprintOf(tables: readonly Table[]): string {
  const texts = tables.map(({ create, indexes }) => [create, ...indexes.map(({ statement }) => statement)].join('\n'))
  const rules = tables.map(({ name, columns }) => [name, columns.map(({ limits, rules }) => ({ ...limits, ...rules }))])
  return hash('sha256', [...texts.sort(), JSON.stringify(rules)].join('\n'), 'hex')
}
