// Backups of a database file. They are made while the service writes to it, checked, and restored.

import { chmodSync, existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileOf } from './open.ts'
import {
  copyDatabase,
  flush,
  type Inspection,
  inspectDatabase,
  skipRevisions,
} from './sqlite/copy.ts'
import { locate, takeLock } from './sqlite/file.ts'
import { requireSoundLog } from './sqlite/integrity.ts'
import type { Progress } from './store.ts'

export interface CopyOptions {
  /** Whether an existing file may be replaced. */
  readonly overwrite: boolean
  readonly progress: Progress
}

/** The file behind an address. Throws if it is the address of a server, because servers have better tools of their own. */
export function databaseFile(url: string): string {
  const file = fileOf(url)
  if (file === undefined)
    throw new Error(
      'This command is for SQLite. PostgreSQL has its own: pg_dump and pg_restore for one database, ' +
        'pg_basebackup and an archive of its log for going back to any moment.',
    )
  return locate(file)
}

/** Writes a backup of the database. Afterwards there is a complete backup that has been checked, or none at all. */
export async function backUp(
  database: string,
  target: string,
  { overwrite, progress }: CopyOptions,
): Promise<void> {
  requireDatabase(database)
  refuseExisting(target, overwrite)
  await replace(target, async unfinished => {
    await copyDatabase(database, unfinished, progress)
    requireSoundCopy(database, unfinished)
  })
}

/** Replaces the database with a backup. No process may serve the database meanwhile. */
export async function restore(
  database: string,
  source: string,
  { overwrite, progress }: CopyOptions,
): Promise<void> {
  requireDatabase(source)
  const lock = takeLock(database)
  try {
    refuseExisting(database, overwrite)
    await replace(database, async unfinished => {
      requireSoundLog(source)
      await copyDatabase(source, unfinished, progress)
      requireSoundCopy(source, unfinished)
      skipRevisions(unfinished)
      // SQLite would take a log that stayed behind for the log of the new file.
      for (const ending of ['-wal', '-shm']) rmSync(database + ending, { force: true })
    })
  } finally {
    lock.close()
  }
}

/** Gives the database, which no process may serve meanwhile, another name, and returns that. */
export function setAside(database: string): string {
  requireDatabase(database)
  const lock = takeLock(database)
  try {
    const kept = `${database}.${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`
    for (const ending of ['', '-wal', '-shm'])
      if (existsSync(database + ending)) renameSync(database + ending, kept + ending)
    return kept
  } finally {
    lock.close()
  }
}

/** Returns what is in a file and whether it is sound. `tryOn` gets a copy of the file. */
export async function verify(
  file: string,
  tryOn: (copy: string) => Promise<void>,
): Promise<Inspection> {
  requireDatabase(file)
  requireSoundLog(file)
  const inspection = inspectDatabase(file)
  if (inspection.findings.length > 0) return inspection
  const copy = `${file}.verify`
  remove(copy)
  try {
    await copyDatabase(file, copy, () => {})
    await tryOn(copy)
  } finally {
    remove(copy)
  }
  return inspection
}

function requireDatabase(file: string): void {
  if (!existsSync(file)) throw new Error(`There is no file ${resolve(file)}.`)
}

function refuseExisting(file: string, overwrite: boolean): void {
  if (existsSync(file) && !overwrite)
    throw new Error(`${resolve(file)} is there already; --overwrite replaces it.`)
}

function requireSoundCopy(original: string, copy: string): void {
  const { findings } = inspectDatabase(copy)
  if (findings.length > 0)
    throw new Error(`${original} is damaged:\n${findings.map(line => `  ${line}`).join('\n')}`)
}

/** Makes a file under a temporary name, and gives it its real name when it is complete and on disk. */
async function replace(file: string, make: (unfinished: string) => Promise<void>): Promise<void> {
  const unfinished = `${file}.unfinished`
  remove(unfinished)
  try {
    await make(unfinished)
    if (existsSync(file)) chmodSync(unfinished, statSync(file).mode)
    flush(unfinished)
    renameSync(unfinished, file)
    flush(dirname(resolve(file)))
  } finally {
    remove(unfinished)
  }
}

function remove(file: string): void {
  for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(file + ending, { force: true })
}
