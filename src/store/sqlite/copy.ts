// Copies whole databases as they are at one moment, and inspects them.

import { closeSync, fsyncSync, openSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'
import { type Progress, quote } from '../store.ts'
import { toStoreError } from './errors.ts'
import { makePrivately } from './file.ts'
import { integrityFindings } from './integrity.ts'

/**
 * Copies a database, even while others write to it, into one file without a log. The file is on disk when the promise is
 * fulfilled.
 */
export async function copyDatabase(from: string, to: string, progress: Progress): Promise<void> {
  makePrivately(to)
  const source = new DatabaseSync(from, { readOnly: true, timeout: 5000 })
  try {
    // A read transaction keeps the moment. Without it, each write of another process would restart the copy.
    source.exec('begin; select count(*) from sqlite_schema')
    const rate = 2000
    await backup(source, to, {
      rate,
      progress: ({ totalPages, remainingPages }) =>
        progress(totalPages - remainingPages, totalPages),
    })
  } catch (error) {
    throw toStoreError(error)
  } finally {
    source.close()
  }
  leaveLog(to)
  flush(to)
}

function leaveLog(file: string): void {
  const copy = new DatabaseSync(file)
  copy.exec('pragma journal_mode = delete')
  copy.close()
}

/** Flushes a file, or the entries of a folder, to the disk. */
export function flush(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

export interface Inspection {
  /** The damage that was found; empty for a sound database. */
  readonly findings: readonly string[]
  /** The number of rows of each table, including internal ones. */
  readonly rows: ReadonlyMap<string, number>
}

/** Checks a whole database without changing it. */
export function inspectDatabase(file: string): Inspection {
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
  try {
    const broken = integrityFindings(db, 'integrity_check')
    if (broken.length > 0) return { findings: broken, rows: new Map() }
    const rows = countRows(db)
    if (!rows.has('_revision')) return { findings: ['it is no database of this service'], rows }
    return { findings: danglingReferences(db), rows }
  } finally {
    db.close()
  }
}

function danglingReferences(db: DatabaseSync): string[] {
  const rows = db
    .prepare('select "table", rowid, parent from pragma_foreign_key_check limit 10')
    .all()
  return rows.map(
    ({ table, rowid, parent }) =>
      `row ${rowid} of ${table} refers to a row of ${parent} that is not there`,
  )
}

function countRows(db: DatabaseSync): Map<string, number> {
  const tables = db
    .prepare(`select name from sqlite_schema where type = 'table' and name not like 'sqlite%'`)
    .all()
  const count = (name: string) =>
    Number(db.prepare(`select count(*) as rows from ${quote(name)}`).get()?.rows)
  return new Map(tables.map(({ name }) => [String(name), count(String(name))]))
}

/** More writes than any backup can be behind. */
const margin = 1_000_000_000

/** Raises the counter of revisions, so that no `ETag` that callers have is given to another state. */
export function skipRevisions(file: string): void {
  const db = new DatabaseSync(file)
  try {
    db.exec(`pragma synchronous = full; update _revision set value = value + ${margin}`)
  } finally {
    db.close()
  }
}
