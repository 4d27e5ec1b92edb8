// The definitions that the tables were brought to, as the ledger has them, and where this one is among them.

import type { Dialect, Work } from '../store.ts'
import type { Table } from '../table.ts'
import type { Catalog } from './catalog.ts'
import { type Definition, toTables } from './definition.ts'
import { definitionBefore } from './definition-before.ts'
import { missingRules } from './held-rules.ts'
import {
  definitionOf,
  fingerprintOf,
  type LedgerEntry,
  readLedger,
  readUnfinished,
} from './ledger.ts'
import { MigrationError } from './migration.ts'
import type { Comparison } from './pair.ts'

export interface Ledger {
  readonly entries: readonly LedgerEntry[]
  readonly unfinished: LedgerEntry | undefined
}

export function* readWholeLedger(): Work<Ledger> {
  return { entries: yield* readLedger(), unfinished: yield* readUnfinished() }
}

/** The origin of the tables, by the ledger. */
export function remembered(
  dialect: Dialect,
  { entries, unfinished }: Ledger,
  wanted: readonly Table[],
  actual: Catalog,
): Pick<Comparison, 'before' | 'begun'> {
  const byName = (definition: Definition) =>
    new Map(toTables(dialect, definition, wanted).map(table => [table.name, table]))
  return {
    before: byName(definitionBefore(entries, wanted, actual)),
    begun: unfinished === undefined ? new Map() : byName(definitionOf(unfinished)),
  }
}

/** Whether the ledger has this very definition as the current one. */
export function isCurrent({ entries, unfinished }: Ledger, tables: readonly Table[]): boolean {
  const current = entries.at(-1)
  return (
    unfinished === undefined &&
    current?.fingerprint === fingerprintOf(tables) &&
    current.withdrawn === null
  )
}

/**
 * Whether the tables were brought to a later definition, beside which instances of this one may start: they promise
 * nothing that the tables do not hold. Throws where they would.
 */
export function isEarlier(
  { entries, unfinished }: Ledger,
  tables: readonly Table[],
  actual: Catalog,
): boolean {
  const fingerprint = fingerprintOf(tables)
  const current = unfinished ?? entries.at(-1)
  if (unfinished?.fingerprint === fingerprint) return false
  const own = entries.find(entry => entry.fingerprint === fingerprint)
  if (own === undefined || current === undefined || own === current) return false
  if (own.withdrawn !== null) throw new MigrationError([withdrawal(own.withdrawn, current)])
  const missing = missingRules(tables, actual)
  if (missing.length > 0)
    throw new MigrationError(
      missing.map(
        rule => `${rule} any more: run the command 'migrate' to go back to this definition`,
      ),
    )
  return true
}

function withdrawal(withdrawn: string, { version }: LedgerEntry): string {
  return (
    `the tables were brought to a stricter definition by 'migrate' on ${withdrawn.slice(0, 10)} at ` +
    `${withdrawn.slice(11, 16)} (version ${version}): deploy that one, or run the command 'migrate' to go back to this one`
  )
}
