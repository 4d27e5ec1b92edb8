// Where a database file is, and which process serves it.

import { closeSync, existsSync, mkdirSync, openSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../store.ts'
import { toStoreError } from './errors.ts'

export const memory = ':memory:'

/** The one path of a file, whatever symbolic links lead to it, so that it has one lock. */
export function locate(file: string): string {
  if (file === memory) return file
  if (basename(file) === '') throw new Error(`Not the path of a file: '${file}'`)
  mkdirSync(dirname(file), { recursive: true })
  return existsSync(file) ? realpathSync(file) : join(realpathSync(dirname(file)), basename(file))
}

/** Makes the file, if there is none, so that nobody else can read it. SQLite gives its log the same permissions. */
export function makePrivately(file: string): void {
  if (existsSync(file)) return
  try {
    closeSync(openSync(file, 'a', 0o600))
  } catch (error) {
    throw new StoreError('unavailable', (error as Error).message, { cause: error })
  }
}

/** Makes the file of a database, if there is none. Throws where it cannot be one. */
export function prepareFile(file: string): void {
  makePrivately(file)
  requireOneName(file)
}

/** Refuses a file with hard links, because it would have another log and lock under each name. The Error says what to do. */
function requireOneName(file: string): void {
  const stats = statSync(file)
  const { nlink } = stats
  // A folder always has several links, and cannot be opened anyway.
  if (nlink === 1 || !stats.isFile()) return
  throw new Error(
    `${file} has ${nlink} names (hard links), and what was written under one would be missing under another. ` +
      'Remove the others, or copy the file and name the copy in DATABASE_URL.',
  )
}

export interface Lock {
  close(): void
}

/**
 * Takes a lock of the operating system, which is released when the process ends, however it ends. The lock is a
 * transaction that nobody else can begin, on an empty database beside the file.
 */
export function takeLock(file: string): Lock {
  const lock = openLock(`${file}.lock`)
  try {
    lock.exec('begin exclusive')
    return lock
  } catch (error) {
    lock.close()
    if (toStoreError(error).code !== 'busy') throw toStoreError(error)
    throw new Error(
      `Another process serves ${file}. Stop it first, or name another file in DATABASE_URL.`,
    )
  }
}

function openLock(path: string): DatabaseSync {
  makePrivately(path)
  try {
    return new DatabaseSync(path, { timeout: 0 })
  } catch (error) {
    throw toStoreError(error)
  }
}
