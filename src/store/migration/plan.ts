// What leads from the tables there are to the wanted ones, or why nothing does.

import { createKeptRows } from '../kept-rows.ts'
import { type Dialect, plain, type Work } from '../store.ts'
import { type FindMistake, findBreaches } from './broken-rules.ts'
import { type Catalog, readCatalog, resourceTables } from './catalog.ts'
import { actionToSql, type Change } from './change.ts'
import { breachesToReason, compareTables, searchToText } from './difference.ts'
import { createFileLedger, isAlsoForNew, pendingFiles, readFileLedger, recordFile, runFile } from './files.ts'
import { createLedger, fingerprintOf, readLedger } from './ledger.ts'
import { type Extent, type Migration, MigrationError, type MigrationFile, type Wanted } from './migration.ts'

export interface Plan extends Migration {
  readonly changes: readonly Change[]
  /** The files that a new database has run when its tables are made. */
  readonly later: readonly MigrationFile[]
  /** Whether an instance of the previous version could trip over it. */
  readonly breaking: boolean
  /** Whether the ledger has this very definition as the last one, or as one that can live with the last one. */
  readonly recorded: boolean
}

/** All but the changes themselves; what files there are to be run is run. */
export function* makePlan(dialect: Dialect, { tables, files, findMistake }: Wanted, extent: Extent): Work<Plan> {
  yield* requireUsable(dialect)
  for (const statement of dialect.beforeMigration) yield statement
  const found = yield* readCatalog(dialect)
  const fresh = resourceTables(found).length === 0 && !tables.some(({ name }) => found.has(name))
  for (const text of ownTables(dialect, found)) yield plain(text)

  const pending = yield* takeFiles(dialect, files, { fresh, extent })
  const ran = fresh ? [] : pending
  const later = fresh ? pending.filter(isAlsoForNew) : []
  for (const file of ran) yield* runFile(dialect, file)
  const { fingerprints, limits } = yield* readLedger()
  const fingerprint = fingerprintOf(tables)
  const recorded = fingerprint === fingerprints.at(-1)
  if (ran.length === 0 && fingerprints.includes(fingerprint) && !recorded)
    return { fresh, outdated: true, breaking: false, recorded: true, statements: [], changes: [], later }

  const actual = ran.length === 0 ? found : yield* readCatalog(dialect)
  const differences = compareTables({ dialect, tables, actual, limits })
  const changes = differences.flatMap(difference => (difference.kind === 'change' ? [difference.change] : []))
  const reasons = [
    ...differences.flatMap(difference => (difference.kind === 'undecided' ? [difference.reason] : [])),
    ...(yield* obstacles(changes, findMistake)),
    ...(extent === 'full' ? [] : changes.flatMap(deferred)),
  ]
  if (reasons.length > 0) throw new MigrationError(reasons)
  return {
    fresh,
    outdated: false,
    breaking: ran.length > 0 || changes.some(({ stricter }) => stricter !== undefined),
    recorded,
    statements: [...ran.map(toScript), ...changes.map(changeToText), ...later.map(toScript)],
    changes,
    later,
  }
}

function* requireUsable({ unusable }: Dialect): Work<void> {
  const [[reason] = []] = unusable === undefined ? [] : yield unusable
  if (reason !== undefined) throw new Error(String(reason))
}

/** What makes those tables of ours that are not there yet. */
function ownTables(dialect: Dialect, found: Catalog): readonly string[] {
  return [
    ...(found.has('_definitions')
      ? []
      : [...dialect.beforeFirstMigration, createFileLedger(dialect), createLedger(dialect)]),
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

function changeToText({ action, search }: Change): string {
  if (action !== undefined) return actionToSql(action)
  return search === undefined ? '' : searchToText(search)
}

function* obstacles(changes: readonly Change[], findMistake: FindMistake): Work<readonly string[]> {
  const reasons: string[] = []
  for (const { obstacle, search } of changes) {
    const rows = obstacle === undefined ? [] : yield obstacle.query
    if (obstacle !== undefined && rows.length > 0) reasons.push(obstacle.reason(rows))
    const breaches = search && (yield* findBreaches(search, findMistake))
    if (search && breaches && breaches.keys.length > 0) reasons.push(breachesToReason(search, breaches))
  }
  return reasons
}
