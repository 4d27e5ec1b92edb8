// From the tables there are to the wanted ones, in one transaction, by one process at a time.

import { hash } from 'node:crypto'
import { type FindMistake, findBreaches } from './broken-rules.ts'
import { readCatalog, resourceTables } from './catalog.ts'
import { breachesToReason, type Change, compareTables, type KnownLimits, searchToText } from './difference.ts'
import { createKeptRows } from './kept-rows.ts'
import {
  createFileLedger,
  isAlsoForNew,
  type MigrationFile,
  pendingFiles,
  readFileLedger,
  recordFile,
} from './migration-files.ts'
import { type Dialect, plain, quote, type Store, StoreError, type Work } from './store.ts'
import type { Table } from './table.ts'

export interface Wanted {
  readonly tables: readonly Table[]
  /** The numbered files of this kind of database, in order. */
  readonly files: readonly MigrationFile[]
  /** Looks at values where rules get stricter that no check holds. */
  readonly findMistake: FindMistake
}

/**
 * `additive`: what an instance of the previous version can live with, which any start may do. `full`: also stricter
 * limits, as far as the rows keep them, and the numbered files.
 */
export type Extent = 'additive' | 'full'

export interface Migration {
  /** What is run, as SQL; a file as a whole. */
  readonly statements: readonly string[]
  /** Whether there are no tables yet: a new database. */
  readonly fresh: boolean
  /** Whether a later version has changed the tables, in ways that this one can live with; nothing is run then. */
  readonly outdated: boolean
}

/** Differences that this migration does not settle; the message lists each with what to do. */
export class MigrationError extends Error {
  constructor(reasons: readonly string[]) {
    super(`The database does not fit the definitions:\n${reasons.map(reason => `  ${reason}`).join('\n')}`)
  }
}

/** Brings the database to the wanted tables, or throws a `MigrationError` and changes nothing. */
export async function migrate(store: Store, wanted: Wanted, extent: Extent): Promise<Migration> {
  return store.transact(() => migration(store.dialect, wanted, extent))
}

/** What `migrate` would do: it is tried as far as the files go, and taken back. */
export async function planMigration(store: Store, wanted: Wanted): Promise<Migration> {
  const takenBack = new TakenBack()
  return store
    .transact(function* (): Work<Migration> {
      takenBack.plan = yield* prepare(store.dialect, wanted, 'full')
      throw takenBack
    })
    .catch((error: unknown) => {
      if (error === takenBack && takenBack.plan !== undefined) return takenBack.plan
      throw error
    })
}

class TakenBack extends Error {
  plan: Plan | undefined
}

interface Plan extends Migration {
  readonly changes: readonly Change[]
  /** The files that a new database has run when its tables are made. */
  readonly later: readonly MigrationFile[]
  /** Whether an instance of the previous version could trip over it. */
  readonly breaking: boolean
  /** Whether the tables were last brought to this very definition. */
  readonly recorded: boolean
}

function* migration(dialect: Dialect, wanted: Wanted, extent: Extent): Work<Migration> {
  const plan = yield* prepare(dialect, wanted, extent)
  for (const { statement } of plan.changes) if (statement !== undefined) yield* carryOut(statement)
  for (const file of plan.later) yield* runFile(dialect, file)
  if (!plan.outdated) yield* recordDefinition(dialect, wanted.tables, plan)
  return plan
}

/** All but the changes themselves; what files there are to be run is run. */
function* prepare(dialect: Dialect, { tables, files, findMistake }: Wanted, extent: Extent): Work<Plan> {
  yield* requireUsable(dialect)
  for (const statement of dialect.beforeMigration) yield statement
  const found = yield* readCatalog(dialect)
  const fresh = resourceTables(found).length === 0 && !tables.some(({ name }) => found.has(name))
  if (!found.has('_definitions')) for (const text of createLedgers(dialect)) yield plain(text)
  if (!found.has('_deleted_rows')) yield plain(createKeptRows(dialect))

  const pending = yield* takeFiles(dialect, files, { fresh, extent })
  const ran = fresh ? [] : pending
  const later = fresh ? pending.filter(isAlsoForNew) : []
  for (const file of ran) yield* runFile(dialect, file)
  const { known, latest, limits } = yield* readDefinitions()
  const fingerprint = fingerprintOf(tables)
  if (ran.length === 0 && known.includes(fingerprint) && fingerprint !== latest)
    return { fresh, outdated: true, breaking: false, recorded: true, statements: [], changes: [], later }

  const actual = ran.length === 0 ? found : yield* readCatalog(dialect)
  const differences = compareTables({ dialect, tables, actual, limits })
  const changes = differences.flatMap(difference => (difference.kind === 'change' ? [difference.change] : []))
  const reasons = [
    ...differences.flatMap(difference => (difference.kind === 'undecided' ? [difference.reason] : [])),
    ...(yield* obstacles(changes, findMistake)),
    ...(extent === 'full'
      ? []
      : changes.flatMap(({ stricter }) => (stricter === undefined ? [] : [deferred(stricter)]))),
  ]
  if (reasons.length > 0) throw new MigrationError(reasons)
  return {
    fresh,
    outdated: false,
    breaking: ran.length > 0 || changes.some(({ stricter }) => stricter !== undefined),
    recorded: fingerprint === latest,
    statements: [...ran.map(toScript), ...changes.map(changeToText), ...later.map(toScript)],
    changes,
    later,
  }
}

function* requireUsable({ unusable }: Dialect): Work<void> {
  const [[reason] = []] = unusable === undefined ? [] : yield unusable
  if (reason !== undefined) throw new Error(String(reason))
}

function deferred(stricter: string): string {
  return `${stricter}: when no instance of the earlier version runs any more, run the command 'migrate'`
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

function* runFile(dialect: Dialect, { name, text }: MigrationFile): Work<void> {
  try {
    yield { text, values: [], script: true }
  } catch (error) {
    throw new MigrationError([`migrations/${dialect.name}/${name} failed: ${(error as Error).message}`])
  }
}

function changeToText({ statement, search }: Change): string {
  return statement ?? (search === undefined ? '' : searchToText(search))
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

function* carryOut(statement: string): Work<void> {
  try {
    yield plain(statement)
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'unique') throw error
    throw new MigrationError([`Rows share values that should be unique, so this was not done: ${statement}`])
  }
}

/** The definitions that the tables have been brought to, and that those who still hold them can live with. */
const ledger = quote('_definitions')

const createLedgers = (dialect: Dialect) => [
  ...dialect.beforeFirstMigration,
  createFileLedger(dialect),
  `create table ${ledger} ("position" ${dialect.columnTypes.integer} not null primary key, ` +
    `"fingerprint" ${dialect.columnTypes.string} not null, "limits" ${dialect.columnTypes.string} not null) ` +
    dialect.tableOptions,
]

function* readDefinitions(): Work<{ known: readonly string[]; latest: string | undefined; limits: KnownLimits }> {
  const rows = yield plain(`select "fingerprint" from ${ledger} order by "position"`)
  const known = rows.map(([fingerprint]) => String(fingerprint))
  const [[limits = '{}'] = []] = yield plain(`select "limits" from ${ledger} order by "position" desc limit 1`)
  return { known, latest: known.at(-1), limits: JSON.parse(String(limits)) }
}

/** After a change that earlier definitions cannot live with, theirs are forgotten. */
function* recordDefinition(dialect: Dialect, tables: readonly Table[], { breaking, recorded }: Plan): Work<void> {
  if (breaking) yield plain(`delete from ${ledger}`)
  else if (recorded) return
  const [first, second] = [dialect.placeholder(1), dialect.placeholder(2)]
  yield {
    text: `insert into ${ledger} select coalesce(max("position"), 0) + 1, ${first}, ${second} from ${ledger}`,
    values: [fingerprintOf(tables), JSON.stringify(limitsOf(tables))],
  }
}

function fingerprintOf(tables: readonly Table[]): string {
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
