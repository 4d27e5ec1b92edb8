// Which numbered files are run before the tables are compared, and which are taken back on the way to an earlier definition.

import { type Dialect, plain, type Work } from '../store.ts'
import { type Catalog, readCatalog } from './catalog.ts'
import {
  forgetFile,
  inFolder,
  isAlsoForNew,
  pendingFiles,
  readFileLedger,
  recordFile,
  runFile,
  undoFile,
} from './files.ts'
import {
  type Earlier,
  type Extent,
  MigrationError,
  type MigrationFile,
  type Wanted,
} from './migration.ts'
import { contentOf } from './rows.ts'
import { dropsIn, undoOf } from './undo.ts'

export interface Taken {
  /** The files that were run or taken back, in order, for people. */
  readonly ran: readonly MigrationFile[]
  /** The files that a new database is to run when its tables are made. */
  readonly later: readonly MigrationFile[]
  /** The values that rows have lost by it. */
  readonly losses: readonly string[]
}

/** Runs the files that were not run yet. A new database has the tables as they are after all of them. */
export function* takeFiles(
  dialect: Dialect,
  files: readonly MigrationFile[],
  { fresh, extent }: { readonly fresh: boolean; readonly extent: Extent },
): Work<Taken> {
  const { pending, mistakes } = pendingFiles(files, yield* readFileLedger())
  const waiting =
    fresh || extent === 'full'
      ? []
      : pending.map(({ name }) => `${name} is to be run: run the command 'migrate'`)
  refuse(dialect, [...mistakes, ...waiting])
  for (const file of pending) yield recordFile(dialect, file)
  if (fresh) return { ran: [], later: pending.filter(isAlsoForNew), losses: [] }
  for (const file of pending) yield* runFile(dialect, file)
  return { ran: pending, later: [], losses: [] }
}

interface WayBack {
  readonly earlier: Earlier
  /** The SQL that drops rules which the earlier definition does not have. */
  readonly relaxed: readonly string[]
}

/** Has the files run that had been run for an earlier definition, and no others. */
export function* takeBack(
  dialect: Dialect,
  { files }: Wanted,
  { earlier: { position, files: remembered }, relaxed }: WayBack,
): Work<Taken> {
  const recorded = yield* readFileLedger()
  const kept = remembered ?? [...recorded.keys()]
  const since = files.filter(({ name }) => recorded.has(name) && !kept.includes(name)).toReversed()
  const again = files.filter(({ name }) => !recorded.has(name) && kept.includes(name))
  const { mistakes } = pendingFiles(files, recorded)
  refuse(dialect, [
    ...mistakes,
    ...kept
      .filter(name => !files.some(file => file.name === name))
      .map(name => `${name} had been run for definition ${position}, and is not here`),
    ...since
      .filter(file => undoOf(file) === undefined)
      .map(
        ({ name }) =>
          `${name} was run after definition ${position} and does not say how to take it back: write that at its end, ` +
          "below a line '-- undo' (a comment alone where nothing is to be done)",
      ),
  ])
  const eased = since.some(({ undo }) => undo !== undefined) ? relaxed : []
  for (const text of eased) yield plain(text)
  const losses: string[] = []
  for (const file of since) losses.push(...(yield* takeBackFile(dialect, file)))
  for (const file of again) {
    yield recordFile(dialect, file)
    yield* runFile(dialect, file)
  }
  const text = eased.map(statement => `${statement};\n`).join('')
  const first = { name: `rules that definition ${position} does not have`, text }
  const ran = [...(eased.length > 0 ? [first] : []), ...since.map(toUndo), ...again]
  return { ran, later: [], losses }
}

function toUndo(file: MigrationFile): MigrationFile {
  return { name: `${file.name}, taken back`, text: undoOf(file) ?? '' }
}

/** Says what rows lose by it: what it drops and does not make again. */
function* takeBackFile(dialect: Dialect, file: MigrationFile): Work<readonly string[]> {
  const text = undoOf(file) ?? ''
  const before = yield* readCatalog(dialect)
  const held: (readonly [name: string, loss: string])[] = []
  for (const name of dropsIn(text).filter(name => isThere(before, name))) {
    const { query, reason } = contentOf(name)
    const rows = yield query
    if (rows.length > 0) held.push([name, reason(rows)])
  }
  yield* undoFile(dialect, { name: file.name, text })
  yield forgetFile(dialect, file)
  const after = yield* readCatalog(dialect)
  return held.filter(([name]) => !isThere(after, name)).map(([, loss]) => loss)
}

/** `things.note`, or the table `notes`. */
function isThere(catalog: Catalog, name: string): boolean {
  const [table = '', column] = name.split('.')
  const found = catalog.get(table)
  return found !== undefined && (column === undefined || found.columns.has(column))
}

function refuse(dialect: Dialect, reasons: readonly string[]): void {
  if (reasons.length > 0) throw new MigrationError(reasons.map(reason => inFolder(dialect, reason)))
}
