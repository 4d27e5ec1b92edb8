// The way from the present tables to the wanted ones, or the reason why there is none.

import { createKeptRows } from '../kept-rows.ts'
import { type Dialect, plain, type Work } from '../store.ts'
import { adviceFor } from './advice.ts'
import { type Catalog, readCatalog, resourceTables } from './catalog.ts'
import { actionToSql, type Change } from './change.ts'
import { brokenReferences } from './compare-references.ts'
import { compareTables } from './difference.ts'
import { createFileLedger, pendingFiles, readFileLedger } from './files.ts'
import { isCurrent, isEarlier, type Ledger, readWholeLedger, remembered } from './history.ts'
import { createLedger } from './ledger.ts'
import {
  type Earlier,
  type Extent,
  type Migration,
  MigrationError,
  type MigrationFile,
  type Wanted,
} from './migration.ts'
import { lossesOf, objections, toldOfEach } from './objections.ts'
import type { Comparison } from './pair.ts'
import { relaxedRules } from './relax.ts'
import { contentOf, nameOfRules } from './rows.ts'
import { changesToSteps } from './steps.ts'
import { type Taken, takeBack, takeFiles } from './take-files.ts'

export interface Plan extends Migration {
  /** In order. */
  readonly changes: readonly Change[]
  /** The files that a new database has run when its tables are made. */
  readonly later: readonly MigrationFile[]
  /** Whether instances of earlier definitions cannot live with it. */
  readonly breaking: boolean
  /** Whether numbered files were run. */
  readonly ranFiles: boolean
  /** Whether the ledger has this very definition as the current one. */
  readonly isCurrent: boolean
}

/** Decides on the changes, which are made later. Numbered files are run here, because they come before the comparison. */
export function* makePlan(dialect: Dialect, wanted: Wanted, extent: Extent): Work<Plan> {
  yield* requireUsable(dialect)
  for (const statement of dialect.beforeMigration) yield statement
  const found = yield* readCatalog(dialect)
  const fresh =
    resourceTables(found).length === 0 && !wanted.tables.some(({ name }) => found.has(name))
  for (const text of ownTables(dialect, found)) yield plain(text)

  const ledger = yield* readWholeLedger()
  const taken = wanted.earlier
    ? yield* takeBack(dialect, wanted, {
        earlier: wanted.earlier,
        relaxed: relaxedRules({
          tables: wanted.tables,
          actual: found,
          before: remembered(dialect, ledger, wanted.tables, found).before,
        }),
      })
    : yield* takeFiles(dialect, wanted.files, { fresh, extent })
  if (extent === 'additive' && isEarlier(ledger, wanted.tables, found))
    return { ...nothing, fresh, later: taken.later }

  const actual = taken.ran.length === 0 ? found : yield* readCatalog(dialect)
  return yield* planChanges({ dialect, wanted, extent, ledger, actual, fresh, taken })
}

/** The plan where nothing is to be done, by a look that changes nothing; nothing where something may be. */
export function* findSettled(
  dialect: Dialect,
  wanted: Wanted,
  extent: Extent,
): Work<Plan | undefined> {
  const { tables, files, earlier } = wanted
  if (earlier !== undefined) return undefined
  yield* requireUsable(dialect)
  const actual = yield* readCatalog(dialect)
  if (ownTables(dialect, actual).length > 0) return undefined
  const { pending, mistakes } = pendingFiles(files, yield* readFileLedger())
  if (pending.length > 0 || mistakes.length > 0) return undefined
  const ledger = yield* readWholeLedger()
  const settled = { ...nothing, fresh: false, later: [] }
  if (extent === 'additive' && isEarlier(ledger, tables, actual)) return settled
  const { changes, undecided, left } = compareTables(
    comparisonOf(dialect, wanted, { ledger, actual }),
  )
  const isSettled = isCurrent(ledger, tables) && changes.length === 0 && undecided.length === 0
  return isSettled ? { ...settled, outdated: false, isCurrent: true, left } : undefined
}

const nothing = {
  outdated: true,
  breaking: false,
  isCurrent: false,
  ranFiles: false,
  statements: [],
  changes: [],
  left: [],
  losses: [],
  notes: [],
} as const

/** The wanted tables against the actual ones and what the ledger remembers of them. */
function comparisonOf(
  dialect: Dialect,
  { tables, now, drop = noDrop, earlier }: Wanted,
  { ledger, actual }: Pick<Situation, 'ledger' | 'actual'>,
): Comparison {
  const known = remembered(dialect, ledger, tables, actual)
  const advice = adviceFor(dialect, earlier)
  const fills = earlier?.fills ?? new Map()
  return { dialect, tables, actual, ...known, drop: drop.names, now, advice, fills }
}

/** The facts before the tables are compared. */
interface Situation {
  readonly dialect: Dialect
  readonly wanted: Wanted
  readonly extent: Extent
  readonly ledger: Ledger
  readonly actual: Catalog
  readonly fresh: boolean
  readonly taken: Taken
}

function* planChanges({
  dialect,
  wanted,
  extent,
  ledger,
  actual,
  fresh,
  taken: { ran, later, losses: lost },
}: Situation): Work<Plan> {
  const { tables, findMistake, drop = noDrop, earlier } = wanted
  const comparison = comparisonOf(dialect, wanted, { ledger, actual })
  const { changes, undecided, left } = compareTables(comparison)
  const isUntold = ran.length > 0 && !dialect.altersTables
  const losses = [...lost, ...(yield* lossesOf(changes))]
  const reasons = [
    ...undecided,
    ...(yield* toldOfEach(isUntold ? brokenReferences(comparison) : [])),
    ...(yield* objections(changes, { findMistake, advice: adviceFor(dialect, earlier), extent })),
    ...(drop.confirmed ? [] : losses.map(loss => `${loss}: add --yes to lose that`)),
  ]
  if (reasons.length > 0) throw new MigrationError([...new Set(reasons)])
  return {
    fresh,
    outdated: false,
    breaking: ran.length > 0 || changes.some(({ stricter }) => stricter !== undefined),
    isCurrent: isCurrent(ledger, tables),
    ranFiles: ran.length > 0,
    statements: [
      ...ran.map(toScript),
      ...changesToTexts(dialect, changes, fresh),
      ...later.map(toScript),
    ],
    changes,
    left,
    losses,
    notes: earlier === undefined ? [] : yield* notesOf(earlier, changes, left),
    later,
  }
}

/** Values that an earlier definition does not show, and things that come back empty. */
function* notesOf(
  { position, fills }: Earlier,
  changes: readonly Change[],
  left: readonly string[],
): Work<readonly string[]> {
  const notes: string[] = []
  for (const content of yield* toldOfEach(left.map(contentOf)))
    notes.push(`${content}: kept, and not shown by definition ${position}`)
  for (const { action } of changes) {
    if (action?.kind === 'createTable') notes.push(`${action.name} was dropped, and is empty now`)
    if (action?.kind !== 'addColumn' || action.column.kind === undefined) continue
    const at = `${action.table.name}.${action.column.name}`
    if (!fills.has(at)) notes.push(`${at} was dropped, and has no values now`)
  }
  return notes
}

const noDrop = { names: [], confirmed: false }

function* requireUsable({ unusable }: Dialect): Work<void> {
  const [[reason] = []] = unusable === undefined ? [] : yield unusable
  if (reason !== undefined) throw new Error(String(reason))
}

/** Makes those tables of ours that are missing. */
function ownTables(dialect: Dialect, found: Catalog): readonly string[] {
  return [
    ...(found.has('_definitions')
      ? []
      : [...dialect.beforeFirstMigration, createFileLedger(dialect)]),
    ...createLedger(dialect, found),
    ...(found.has('_deleted_rows') ? [] : [createKeptRows(dialect)]),
  ]
}

function toScript({ name, text }: MigrationFile): string {
  return `-- ${name}\n${text.trim()}`
}

/** The statements of the changes: at once, or in steps where others use the tables meanwhile. */
function changesToTexts(
  { online }: Dialect,
  changes: readonly Change[],
  fresh: boolean,
): readonly string[] {
  if (online === undefined || fresh)
    return changes.flatMap(change => [...lookToTexts(change), ...toSql(change)])
  return [
    ...changes.flatMap(lookToTexts),
    ...changesToSteps(changes).flatMap(({ statements }) => statements),
  ]
}

function toSql({ action }: Change): readonly string[] {
  return action === undefined ? [] : actionToSql(action)
}

function lookToTexts({ search }: Change): readonly string[] {
  if (search === undefined) return []
  return [`-- ${nameOfRules(search)}: every row is looked at, because its rules are stricter now`]
}
