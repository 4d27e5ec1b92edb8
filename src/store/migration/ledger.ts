// The ledger of definitions: those that the tables have been brought to, and that instances of them can live with.

import { hash } from 'node:crypto'
import { type Dialect, plain, quote, type Work } from '../store.ts'
import type { Table } from '../table.ts'
import type { KnownLimits } from './difference.ts'

const ledger = quote('_definitions')

export const createLedger = ({ columnTypes, tableOptions }: Dialect) =>
  `create table ${ledger} ("position" ${columnTypes.integer} not null primary key, ` +
  `"fingerprint" ${columnTypes.string} not null, "limits" ${columnTypes.string} not null) ${tableOptions}`

interface Known {
  /** The fingerprints, in the order in which the tables were brought to them. */
  readonly fingerprints: readonly string[]
  /** What every column let through when the tables were last changed. */
  readonly limits: KnownLimits
}

export function* readLedger(): Work<Known> {
  const rows = yield plain(`select "fingerprint" from ${ledger} order by "position"`)
  const [[limits = '{}'] = []] = yield plain(`select "limits" from ${ledger} order by "position" desc limit 1`)
  return { fingerprints: rows.map(([fingerprint]) => String(fingerprint)), limits: JSON.parse(String(limits)) }
}

/** Adds a definition. After a change that earlier ones cannot live with (`breaking`), those are forgotten. */
export function* recordDefinition(dialect: Dialect, tables: readonly Table[], breaking: boolean): Work<void> {
  if (breaking) yield plain(`delete from ${ledger}`)
  const [first, second] = [dialect.placeholder(1), dialect.placeholder(2)]
  yield {
    text: `insert into ${ledger} select coalesce(max("position"), 0) + 1, ${first}, ${second} from ${ledger}`,
    values: [fingerprintOf(tables), JSON.stringify(limitsOf(tables))],
  }
}

/** Tells one definition from another, as far as tables go. */
export function fingerprintOf(tables: readonly Table[]): string {
  const texts = tables.map(({ create, indexes }) => [create, ...indexes.map(({ statement }) => statement)].join('\n'))
  return hash('sha256', [...texts.sort(), JSON.stringify(limitsOf(tables))].join('\n'), 'hex')
}

function limitsOf(tables: readonly Table[]): KnownLimits {
  return Object.fromEntries(
    tables.map(({ name, columns }) => [
      name,
      Object.fromEntries(columns.map(({ name, limits, rules }) => [name, { ...limits, ...rules }])),
    ]),
  )
}
