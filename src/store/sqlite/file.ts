// Where a database file lies, and who serves it.

import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { toStoreError } from './errors.ts'

export const memory = ':memory:'

/** One path for one file, whatever links lead to it, so that there is one lock for it. */
export function locate(file: string): string {
  if (file === memory) return file
  if (basename(file) === '') throw new Error(`Not the path of a file: '${file}'`)
  mkdirSync(dirname(file), { recursive: true })
  return existsSync(file) ? realpathSync(file) : join(realpathSync(dirname(file)), basename(file))
}

export interface Lock {
  close(): void
}

/**
 * Holds a lock of the operating system, which ends with the process however it ends: a transaction that nobody else
 * can begin, on a database beside the file that never holds anything.
 */
export function takeLock(file: string): Lock {
  const lock = openLock(`${file}.lock`)
  try {
    lock.exec('begin exclusive')
    return lock
  } catch (error) {
    lock.close()
    if (toStoreError(error).code !== 'busy') throw toStoreError(error)
    throw new Error(`Another process serves ${file}. Stop it first, or name another file in DATABASE_URL.`)
  }
}

function openLock(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: 0 })
  } catch (error) {
    throw toStoreError(error)
  }
}
