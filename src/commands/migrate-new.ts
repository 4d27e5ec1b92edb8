// `migrate new`: writes the numbered files that lead from the tables there are to the definitions.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { databaseOptions, readConfig } from '../config.ts'
import {
  loadMigrations,
  loadModels,
  migrationsFolder,
  schemasFolder,
  storedModels,
} from '../definitions/load.ts'
import { readCurrent } from '../store/migration/current.ts'
import { draft, draftUndo, type Goal, type Tried, tryDraft } from '../store/migration/file/draft.ts'
import { findMoves } from '../store/migration/file/moves.ts'
import { ValuesLost } from '../store/migration/file/script.ts'
import { dialects, lookedAt, openStore } from '../store/open.ts'
import type { Dialect, Store } from '../store/store.ts'
import { modelToTable, type Table } from '../store/table.ts'
import { type CommandCall, UsageError } from './command.ts'
import { type Ask, type Said, settle, withTerminal } from './migration-answers.ts'

export async function migrateNew({ operands, options, environment }: CommandCall): Promise<number> {
  const [title, ...others] = operands
  if (title === undefined || others.length > 0)
    throw new UsageError('migrate new needs one name, such as rename-title.')
  const config = readConfig(environment, true)
  const models = storedModels(await loadModels(schemasFolder))
  const store = openStore(lookedAt(config.DATABASE_URL), {
    exclusive: false,
    ...databaseOptions(config, environment),
  })
  try {
    const tablesOf = (dialect: Dialect) => models.map(model => modelToTable(dialect, model))
    const order = { folder: migrationsFolder, title, tablesOf, said: options }
    return await withTerminal(ask => writeMigration(store, { ...order, ask }))
  } finally {
    await store.close()
  }
}

export interface Order {
  /** With a folder for each kind of database. */
  readonly folder: string
  /** The name of the files, after their number. */
  readonly title: string
  readonly tablesOf: (dialect: Dialect) => readonly Table[]
  readonly said: Said
  /** Where there is somebody to ask. */
  readonly ask?: Ask | undefined
}

/** Writes the files, says what it did, and returns the exit code. */
export async function writeMigration(
  store: Store,
  { folder, title, tablesOf, said, ask }: Order,
): Promise<number> {
  const { dialect } = store
  const files = await loadMigrations(join(folder, dialect.name))
  const tables = tablesOf(dialect)
  const before = await store.transact(() => readCurrent(dialect, files, tables))
  const answers = await settle({ before, tables }, said, ask)
  const moves = findMoves(before, tables, answers)
  const name = `${await nextNumber(folder)}-${toSlug(title)}.sql`
  const goal: Goal = { name, moves, tablesOf, now: new Date().toISOString() }
  const tried = await tryDraft(store, goal)
  const texts = dialects.map(other => ({
    path: join(folder, other.name, name),
    text: other === dialect ? tried.text : draft(other, goal),
    undo: undoOf(other, goal),
  }))
  for (const { path, text, undo } of texts)
    if (text !== '') await write(path, `${text}\n\n${undo}`, title)
  report(
    texts.every(({ text }) => text === ''),
    tried,
  )
  return tried.refusal !== undefined || tried.rest.undecided.length > 0 ? 1 : 0
}

/** The end of a file; where nothing is known that takes it back, it says so. */
function undoOf(dialect: Dialect, goal: Goal): string {
  try {
    return `-- undo\n-- This takes it back, for 'migrate --to'.\n\n${draftUndo(dialect, goal)}`
  } catch (error) {
    if (!(error instanceof ValuesLost)) throw error
    const reasons = error.reasons.map(reason => `--   ${reason}`)
    const advice = "-- What takes it back is not known; write it below a line '-- undo':"
    return [advice, ...reasons].join('\n')
  }
}

/** One more than the highest that a file has, for whichever database. */
async function nextNumber(folder: string): Promise<string> {
  const lists = await Promise.all(dialects.map(({ name }) => loadMigrations(join(folder, name))))
  const numbers = lists.flat().map(({ name }) => Number(name.slice(0, 4)) || 0)
  return String(Math.max(0, ...numbers) + 1).padStart(4, '0')
}

function toSlug(title: string): string {
  const slug = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  if (slug === '')
    throw new UsageError(`'${title}' has no letter or digit that a file can be called by.`)
  return slug
}

async function write(path: string, text: string, title: string): Promise<void> {
  const head =
    `-- Written by 'migrate new ${toSlug(title)}'; change it until it is right, before it is run.\n` +
    '-- Limits, indexes, references and what is unique are not here: they follow from the definitions.\n'
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(path, `${head}\n${text}\n`, { flag: 'wx' })
  console.log(`written: ${path}`)
}

function report(isEmpty: boolean, { rest, refusal }: Tried): void {
  const stricter = rest.changes.flatMap(({ stricter }) =>
    stricter === undefined ? [] : [stricter],
  )
  const needsMigrate = !isEmpty || stricter.length > 0
  if (isEmpty) console.log('No file is needed.')
  if (refusal !== undefined) console.error(`It was tried, and taken back. ${refusal}`)
  for (const reason of rest.undecided) console.error(`Still to be decided: ${reason}`)
  for (const change of stricter) console.log(`'migrate' also sees to this: ${change}`)
  if (rest.changes.length > stricter.length)
    console.log(
      `${needsMigrate ? "'migrate'" : 'A start'} does the rest: 'migrate --check' prints its SQL.`,
    )
}
