// What leads from the tables there are to the wanted ones, or why nothing does.

import { createKeptRows } from '../kept-rows.ts'
import { type Dialect, plain, type Work } from '../store.ts'
import type { Table } from '../table.ts'
import { type FindMistake, findBreaches } from './broken-rules.ts'
import { type Catalog, readCatalog, resourceTables } from './catalog.ts'
import { actionToSql, type Change, type Finding } from './change.ts'
import { toTables } from './definition.ts'
import { compareTables } from './difference.ts'
import { createFileLedger, isAlsoForNew, pendingFiles, readFileLedger, recordFile, runFile } from './files.ts'
import { missingRules } from './held-rules.ts'
import { createLedger, definitionOf, fingerprintOf, type LedgerEntry, readLedger } from './ledger.ts'
import { type Extent, type Migration, MigrationError, type MigrationFile, type Wanted } from './migration.ts'
import { breachesToReason, nameOfRules } from './rows.ts'

export interface Plan extends Migration {
  /** In order. */
  readonly changes: readonly Change[]
  /** The files that a new database has run when its tables are made. */
  readonly later: readonly MigrationFile[]
  /** Whether instances of earlier definitions cannot live with it. */
  readonly breaking: boolean
  /** Whether the ledger has this very definition as the current one. */
  readonly isCurrent: boolean
}

/** All but the changes themselves; what files there are to be run is run. */
export function* makePlan(dialect: Dialect, wanted: Wanted, extent: Extent): Work<Plan> {
  yield* requireUsable(dialect)
  for (const statement of dialect.beforeMigration) yield statement
  const found = yield* readCatalog(dialect)
  const fresh = resourceTables(found).length === 0 && !wanted.tables.some(({ name }) => found.has(name))
  for (const text of ownTables(dialect, found)) yield plain(text)

  const pending = yield* takeFiles(dialect, wanted.files, { fresh, extent })
  const ran = fresh ? [] : pending
  for (const file of ran) yield* runFile(dialect, file)
  const later = fresh ? pending.filter(isAlsoForNew) : []
  const entries = yield* readLedger()
  if (extent === 'additive' && isEarlier(entries, wanted.tables, found)) return { ...nothing, fresh, later }

  const actual = ran.length === 0 ? found : yield* readCatalog(dialect)
  return yield* planChanges({ dialect, wanted, extent, entries, actual, fresh, ran, later })
}

const nothing = {
  outdated: true,
  breaking: false,
  isCurrent: false,
  statements: [],
  changes: [],
  left: [],
  losses: [],
} as const

/** What is known before the tables are compared. */
interface Situation {
  readonly dialect: Dialect
  readonly wanted: Wanted
  readonly extent: Extent
  readonly entries: readonly LedgerEntry[]
  readonly actual: Catalog
  readonly fresh: boolean
  /** The files that were run. */
  readonly ran: readonly MigrationFile[]
  readonly later: readonly MigrationFile[]
}

function* planChanges({ dialect, wanted, extent, entries, actual, fresh, ran, later }: Situation): Work<Plan> {
  const { tables, now, drop = noDrop } = wanted
  const current = entries.at(-1)
  const before = current === undefined ? [] : toTables(dialect, definitionOf(current))
  const known = new Map(before.map(table => [table.name, table]))
  const { changes, undecided, left } = compareTables({ dialect, tables, actual, before: known, drop: drop.names, now })
  const losses = yield* lossesOf(changes)
  const reasons = [
    ...undecided,
    ...(yield* obstacles(changes, wanted.findMistake)),
    ...(extent === 'full' ? [] : changes.flatMap(deferred)),
    ...(drop.confirmed ? [] : losses.map(loss => `${loss}: add --yes to lose that`)),
  ]
  if (reasons.length > 0) throw new MigrationError([...new Set(reasons)])
  return {
    fresh,
    outdated: false,
    breaking: ran.length > 0 || changes.some(({ stricter }) => stricter !== undefined),
    isCurrent: current?.fingerprint === fingerprintOf(tables),
    statements: [...ran.map(toScript), ...changes.flatMap(changeToTexts), ...later.map(toScript)],
    changes,
    left,
    losses,
    later,
  }
}

const noDrop = { names: [], confirmed: false }

/**
 * Whether the tables were brought to a later definition, beside which instances of this one may start: they promise
 * nothing that the tables do not hold. Throws where they would.
 */
function isEarlier(entries: readonly LedgerEntry[], tables: readonly Table[], actual: Catalog): boolean {
  const fingerprint = fingerprintOf(tables)
  const current = entries.at(-1)
  const own = entries.find(entry => entry.fingerprint === fingerprint)
  if (own === undefined || current === undefined || own === current) return false
  if (own.withdrawn !== null) throw new MigrationError([withdrawal(own.withdrawn, current)])
  const missing = missingRules(tables, actual)
  if (missing.length > 0)
    throw new MigrationError(
      missing.map(rule => `${rule} any more: run the command 'migrate' to go back to this definition`),
    )
  return true
}

function withdrawal(withdrawn: string, { version }: LedgerEntry): string {
  return (
    `the tables were brought to a stricter definition by 'migrate' on ${withdrawn.slice(0, 10)} at ` +
    `${withdrawn.slice(11, 16)} (version ${version}): deploy that one, or run the command 'migrate' to go back to this one`
  )
}

function* requireUsable({ unusable }: Dialect): Work<void> {
  const [[reason] = []] = unusable === undefined ? [] : yield unusable
  if (reason !== undefined) throw new Error(String(reason))
}

/** What makes those tables of ours that are not there yet. */
function ownTables(dialect: Dialect, found: Catalog): readonly string[] {
  return [
    ...(found.has('_definitions') ? [] : [...dialect.beforeFirstMigration, createFileLedger(dialect)]),
    ...createLedger(dialect, found),
    ...(found.has('_deleted_rows') ? [] : [createKeptRows(dialect)]),
  ]
}

function deferred({ stricter }: Change): string[] {
  if (stricter === undefined) return []
  return [`${stricter}: when no instance of the earlier version runs any more, run the command 'migrate'`]
}

function toScript({ name, text }: MigrationFile): string {
  return `-- ${name}\n${text.trim()}`
}

/** The files that were not run yet, recorded as run. A new database has the tables as they are after all of them. */
function* takeFiles(
  dialect: Dialect,
  files: readonly MigrationFile[],
  { fresh, extent }: { fresh: boolean; extent: Extent },
): Work<readonly MigrationFile[]> {
  const { pending, mistakes } = pendingFiles(files, yield* readFileLedger())
  const folder = `migrations/${dialect.name}`
  const waiting =
    fresh || extent === 'full' ? [] : pending.map(({ name }) => `${name} is to be run: run the command 'migrate'`)
  const reasons = [...mistakes, ...waiting]
  if (reasons.length > 0) throw new MigrationError(reasons.map(reason => `${folder}/${reason}`))
  for (const file of pending) yield recordFile(dialect, file)
  return pending
}

function changeToTexts({ action, search }: Change): readonly string[] {
  const looked = search && `-- ${nameOfRules(search)}: every row is looked at, because its rules are stricter now`
  return [...(looked === undefined ? [] : [looked]), ...(action === undefined ? [] : actionToSql(action))]
}

function* obstacles(changes: readonly Change[], findMistake: FindMistake): Work<readonly string[]> {
  const reasons: string[] = []
  for (const { obstacle, search } of changes) {
    if (obstacle !== undefined) reasons.push(...(yield* toldOf(obstacle)))
    const breaches = search && (yield* findBreaches(search, findMistake))
    if (search && breaches && breaches.keys.length > 0) reasons.push(breachesToReason(search, breaches))
  }
  return reasons
}

function* lossesOf(changes: readonly Change[]): Work<readonly string[]> {
  const losses: string[] = []
  for (const { loss } of changes) if (loss !== undefined) losses.push(...(yield* toldOf(loss)))
  return losses
}

function* toldOf({ query, reason }: Finding): Work<readonly string[]> {
  const rows = yield query
  return rows.length === 0 ? [] : [reason(rows)]
}
