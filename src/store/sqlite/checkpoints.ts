// How the write-ahead log moves into its file (sqlite.org/wal.html). Commits see to that; here it is only looked at.

import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import type { LogState } from '../store.ts'
import { storeErrors } from './errors.ts'
import { memory } from './file.ts'
import type { SharedRead } from './shared-read.ts'

export class LogWatch {
  readonly #db: DatabaseSync
  readonly #log: string
  readonly #reads: SharedRead
  #salt: number | undefined
  #checkpoints = 0

  constructor(db: DatabaseSync, location: string, reads: SharedRead) {
    this.#db = db
    this.#reads = reads
    this.#log = `${location}-wal`
    this.#salt = saltOf(this.#log)
  }

  state(): LogState {
    this.#reads.end()
    this.#count(saltOf(this.#log))
    const { log, checkpointed } = this.#ask('wal_checkpoint(noop)')
    const pages = Number(log) - Number(checkpointed)
    const pending = pages * Number(this.#ask('page_size').page_size)
    return { checkpoints: this.#checkpoints, pending }
  }

  /** A log that begins anew adds one to its salt, or takes one at random where the log was removed. */
  #count(salt: number | undefined): void {
    if (salt === undefined) return
    const more = (salt - (this.#salt ?? salt)) >>> 0
    this.#checkpoints += more < believable ? more : 1
    this.#salt = salt
  }

  #ask(pragma: string): Record<string, unknown> {
    return storeErrors(() => this.#db.prepare(`pragma ${pragma}`).get()) ?? {}
  }
}

/** None for a database in memory. */
export function watchLog(
  db: DatabaseSync,
  location: string,
  reads: SharedRead,
): LogWatch | undefined {
  return location === memory ? undefined : new LogWatch(db, location, reads)
}

const believable = 1_000_000
const headerLength = 20

/**
 * The first salt in the header (sqlite.org/fileformat2.html §4.1); undefined while the log is empty. To open and close this
 * file ends no lock of SQLite, which has none on it.
 */
function saltOf(log: string): number | undefined {
  if (!existsSync(log)) return undefined
  const descriptor = openSync(log, 'r')
  try {
    const header = Buffer.alloc(headerLength)
    const length = readSync(descriptor, header, 0, headerLength, 0)
    return length < headerLength ? undefined : header.readUInt32BE(16)
  } finally {
    closeSync(descriptor)
  }
}
