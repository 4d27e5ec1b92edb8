// Numbered SQL files: changes that only people can decide, each run once, in order, and never changed again.

import { hash } from 'node:crypto'
import { type Dialect, plain, quote, type Statement, StoreError, type Work } from '../store.ts'
import { freeDropped } from './dropped-columns.ts'
import { MigrationError, type MigrationFile } from './migration.ts'
import { setAside } from './remade-tables.ts'

const ledger = quote('_migrations')

export const createFileLedger = ({ columnTypes, tableOptions }: Dialect) =>
  `create table ${ledger} ("file" ${columnTypes.string} not null primary key, "hash" ${columnTypes.string} not null) ` +
  tableOptions

/** A file as it is written: what takes it back is below a line `-- undo`. */
export function toMigrationFile(name: string, written: string): MigrationFile {
  const line = /^-- undo[ \t]*\r?$/m.exec(written)
  if (line === null) return { name, text: written }
  const text = `${written.slice(0, line.index).trimEnd()}\n`
  return { name, text, undo: written.slice(line.index + line[0].length).trimStart() }
}

/** The files that the database remembers: the hash of each that was run. */
export function* readFileLedger(): Work<ReadonlyMap<string, string>> {
  const rows = yield { text: `select "file", "hash" from ${ledger} order by "file"`, values: [] }
  return new Map(rows.map(([name, hash]) => [String(name), String(hash)]))
}

/** The files that are still to be run, in order, or what is wrong with them. */
export function pendingFiles(
  files: readonly MigrationFile[],
  recorded: ReadonlyMap<string, string>,
) {
  const known = new Map(files.map(file => [file.name, file]))
  const last = [...recorded.keys()].at(-1) ?? ''
  const pending = files.filter(({ name }) => !recorded.has(name))
  const mistakes = [
    ...[...recorded].flatMap(([name, hash]) => recordedMistake(name, hash, known.get(name))),
    ...pending
      .filter(({ name }) => name < last)
      .map(
        ({ name }) => `${name} comes before ${last}, which has been run: give it a higher number`,
      ),
    ...files.flatMap(fileMistake),
    ...files
      .filter(
        ({ name }, index) =>
          files.findIndex(other => other.name.slice(0, 4) === name.slice(0, 4)) !== index,
      )
      .map(({ name }) => `${name} has the number of another file`),
  ]
  return { pending, mistakes }
}

/** Whether a new database needs it too, once its tables are made: for triggers and the like, which no definition says. */
export function isAlsoForNew({ text }: MigrationFile): boolean {
  return /^\s*-- also for new databases\s*$/m.test(text.split('\n', 1)[0] ?? '')
}

/** Remembers that the file was run, or that a new database needs it no more. */
export function recordFile(dialect: Dialect, file: MigrationFile): Statement {
  const [first, second] = [dialect.placeholder(1), dialect.placeholder(2)]
  return {
    text: `insert into ${ledger} values (${first}, ${second})`,
    values: [file.name, hashOf(file)],
  }
}

/** Forgets that the file was run, once it is taken back. */
export function forgetFile(dialect: Dialect, { name }: MigrationFile): Statement {
  return { text: `delete from ${ledger} where "file" = ${dialect.placeholder(1)}`, values: [name] }
}

/** Runs a file as a whole. */
export function* runFile(dialect: Dialect, { name, text }: MigrationFile): Work<void> {
  yield* runScript(dialect, text, inFolder(dialect, name))
}

/** Runs what takes a file back. */
export function* undoFile(dialect: Dialect, { name, text }: MigrationFile): Work<void> {
  yield* runScript(dialect, text, `to take back ${inFolder(dialect, name)}`)
}

function* runScript(dialect: Dialect, text: string, what: string): Work<void> {
  const after = yield* setAside(dialect, text)
  for (const statement of yield* freeDropped(dialect, text)) yield plain(statement)
  try {
    yield { text, values: [], script: true }
  } catch (error) {
    // Tables in use are nothing that is wrong with the file.
    if (error instanceof StoreError && error.code === 'busy') throw error
    throw new MigrationError([`${what} failed: ${(error as Error).message}`])
  }
  for (const statement of after) yield plain(statement)
}

/** Something about a file, beginning with its name. */
export function inFolder(dialect: Dialect, text: string): string {
  return `migrations/${dialect.name}/${text}`
}

/** How its lines end is no change, nor how the last one does before what takes it back. */
function hashOf({ text }: MigrationFile): string {
  return hash('sha256', text.replaceAll('\r\n', '\n').trimEnd(), 'hex')
}

function recordedMistake(name: string, hash: string, file: MigrationFile | undefined): string[] {
  if (file === undefined)
    return [`${name} has been run and is not here: start the version that has it`]
  return hashOf(file) === hash
    ? []
    : [`${name} has been run and was changed since: restore it, and write another`]
}

function fileMistake({ name, text, undo = '' }: MigrationFile): string[] {
  return [
    ...(/^\d{4}-[a-z0-9-]+\.sql$/.test(name)
      ? []
      : [`${name} must be named like 0001-rename-title.sql`]),
    ...(/^\s*(?:begin|commit|rollback)(?:\s+\w+)?\s*;/im.test(`${text}\n${undo}`)
      ? [
          `${name} must leave begin, commit and rollback to the migration, which runs in one transaction`,
        ]
      : []),
  ]
}
