// A transaction that several works share. If one of them throws, only its own changes are undone.

import type { Row } from '../../resource/row.ts'
import { plain, type Statement, StoreError, type StoreErrorCode, type Work } from '../store.ts'

/** The connection on which the works run, one after the other. */
export interface SqliteConnection {
  /** Runs a statement to its end. Throws only `StoreError`. */
  run(statement: Statement): readonly Row[]
  readonly isTransaction: boolean
}

/** A work, and the promise of its caller. */
export interface Job {
  readonly work: () => Work<unknown>
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** Tells the caller of a work how it ended. It must be called after the commit. */
export type Settlement = () => void

const begin = plain('begin immediate')
const commit = plain('commit')
const rollback = plain('rollback')
const savepoint = plain('savepoint work')
const rollbackTo = plain('rollback to work')
const release = plain('release work')
const readRevision = plain('select value from _revision')

/** In bytes, how many rows one transaction may read, because their results wait for its commit. Further works get the next one. */
export const maxBatchBytes = 16 * 1024 * 1024

export class Transaction {
  readonly #connection: SqliteConnection
  /** In bytes, the rows that its works have read. */
  #bytes = 0
  #revision: number | undefined
  #hasFailed = false

  constructor(connection: SqliteConnection) {
    this.#connection = connection
  }

  /** Whether a statement has met an error from the disk. */
  get hasFailed(): boolean {
    return this.#hasFailed
  }

  begin(): void {
    this.#run(begin)
  }

  /** The value of `next_revision()`. */
  nextRevision(): number {
    if (this.#revision === undefined)
      throw new StoreError('fault', 'next_revision() outside of a transaction')
    this.#revision += 1
    return this.#revision
  }

  /**
   * Runs the works and commits. Returns the settlements of the first works whose rows fit into `maxBatchBytes`; the
   * others have not been started. `writes`: whether to write to the disk even if no work does. If it throws, nothing has
   * been committed, unless the `StoreError` says `unknown`; the transaction may still be open.
   */
  perform(jobs: readonly Job[], { writes }: { writes: boolean }): readonly Settlement[] {
    const revision = revisionIn(this.#run(readRevision))
    this.#revision = writes ? revision + 1 : revision
    const settlements = this.#performAll(jobs)
    if (this.#revision !== revision) {
      this.#run({ text: 'update _revision set value = ?1', values: [this.#revision] })
    }
    this.#commit()
    return settlements
  }

  /** Runs the first works whose rows fit into one transaction, and at least one. */
  #performAll(jobs: readonly Job[]): Settlement[] {
    const settlements: Settlement[] = []
    for (const job of jobs) {
      settlements.push(jobs.length === 1 ? this.#perform(job) : this.#attempt(job))
      if (this.#bytes > maxBatchBytes) break
    }
    return settlements
  }

  /** Runs one of several works. If it throws, it alone is undone, unless SQLite has ended the transaction. */
  #attempt(job: Job): Settlement {
    this.#run(savepoint)
    try {
      const settle = this.#perform(job)
      this.#run(release)
      return settle
    } catch (error) {
      if (!this.#connection.isTransaction) throw error
      this.#run(rollbackTo)
      this.#run(release)
      return () => job.reject(error)
    }
  }

  #perform(job: Job): Settlement {
    const work = job.work()
    let step = work.next()
    while (step.done !== true) step = this.#resume(work, step.value)
    const { value } = step
    return () => job.resolve(value)
  }

  #resume(work: Work<unknown>, statement: Statement): IteratorResult<Statement, unknown> {
    let rows: readonly Row[]
    try {
      rows = this.#run(statement)
    } catch (error) {
      // On a full disk, for example, SQLite itself rolls back the whole transaction. Each further statement of the work
      // would then be committed on its own, so the work is not continued.
      if (!this.#connection.isTransaction) throw error
      return work.throw(error)
    }
    this.#bytes += rowBytes(rows)
    return work.next(rows)
  }

  /** Runs a statement. A disk error is noted here, because the work may throw another error in its place. */
  #run(statement: Statement): readonly Row[] {
    try {
      return this.#connection.run(statement)
    } catch (error) {
      this.#hasFailed ||= isOfTheDisk(error)
      throw error
    }
  }

  #commit(): void {
    try {
      this.#run(commit)
    } catch (error) {
      // The log may already hold the whole transaction, for example if its sync failed, and a recovery would find it.
      if (error instanceof StoreError && error.code === 'unavailable') throw outcomeUnknown(error)
      throw error
    }
  }
}

/** Runs a work that only reads to its end. */
export function readThrough<T>(work: Work<T>, read: (statement: Statement) => readonly Row[]): T {
  let step = work.next([])
  while (step.done !== true) {
    let rows: readonly Row[]
    try {
      rows = read(step.value)
    } catch (error) {
      step = work.throw(error)
      continue
    }
    step = work.next(rows)
  }
  return step.value
}

/** Rolls the transaction back, if there still is one. */
export function abandon(connection: SqliteConnection): void {
  if (!connection.isTransaction) return
  try {
    connection.run(rollback)
  } catch {
    // The caller gets the first error. If the transaction is still open, the next BEGIN fails.
  }
}

const ofTheDisk: readonly StoreErrorCode[] = ['full', 'unavailable', 'damaged']

/** Whether the disk is full, read-only or broken. The next write may succeed. */
function isOfTheDisk(error: unknown): boolean {
  return error instanceof StoreError && ofTheDisk.includes(error.code)
}

function outcomeUnknown(error: StoreError): StoreError {
  return new StoreError('unknown', error.message, { cause: error.cause })
}

function revisionIn(rows: readonly Row[]): number {
  const value = rows[0]?.[0]
  if (typeof value !== 'number')
    throw new StoreError('fault', 'the table _revision has lost its row')
  return value
}

/** How many bytes rows take in memory, about: a character one or two, any other value eight. */
export function rowBytes(rows: readonly Row[]): number {
  let bytes = 0
  for (const row of rows)
    for (const value of row) bytes += typeof value === 'string' ? 2 * value.length : 8
  return bytes
}
