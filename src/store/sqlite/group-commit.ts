// Group commit: the works of one turn of the event loop share one transaction, and are answered once it is on disk.

import type { Row } from '../../resource/row.ts'
import { plain, type Statement, StoreError, type StoreErrorCode, type Work } from '../store.ts'

/** The connection that the works are run on, one after the other. */
export interface Connection {
  /** Runs a statement to its end; throws nothing but `StoreError`. */
  run(statement: Statement): readonly Row[]
  readonly isTransaction: boolean
}

interface Job {
  readonly work: () => Work<unknown>
  resolve(value: unknown): void
  reject(error: unknown): void
}

type Settlement = () => void

const begin = plain('begin immediate')
const commit = plain('commit')
const rollback = plain('rollback')
const savepoint = plain('savepoint work')
const rollbackTo = plain('rollback to work')
const release = plain('release work')
const readRevision = plain('select value from _revision')

export interface GroupCommitOptions {
  /** How many works share one transaction at the most; 500 by default. */
  readonly batchSize?: number
  /** Called before each transaction. */
  readonly before?: () => void
}

export class GroupCommit {
  readonly #connection: Connection
  readonly #batchSize: number
  readonly #before: () => void
  readonly #queue: Job[] = []
  #scheduled = false
  /** The counter of the batch under way. */
  #revision: number | undefined
  /** Whether the last batch could not be written. */
  #failing = false

  constructor(connection: Connection, { batchSize = 500, before = () => {} }: GroupCommitOptions = {}) {
    this.#connection = connection
    this.#batchSize = batchSize
    this.#before = before
  }

  push<T>(work: () => Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve: resolve as (value: unknown) => void, reject })
      this.#schedule()
    })
  }

  /** Commits at once what is waiting. */
  drain(): void {
    while (this.#queue.length > 0) this.#nextBatch()
  }

  /** What `next_revision()` gives. */
  nextRevision(): number {
    if (this.#revision === undefined) throw new StoreError('fault', 'next_revision() outside of a transaction')
    this.#revision += 1
    return this.#revision
  }

  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#nextBatch()
      this.#schedule()
    })
  }

  #nextBatch(): void {
    const jobs = this.#queue.splice(0, this.#batchSize)
    if (jobs.length > 0) this.#runBatch(jobs)
  }

  #runBatch(jobs: readonly Job[]): void {
    for (const settle of this.#settlements(jobs)) settle()
  }

  /** What is to be told to whom: from the commit on it is true, and so is every refusal that rests on another's row. */
  #settlements(jobs: readonly Job[]): Settlement[] {
    try {
      const settlements = this.#transaction(jobs)
      this.#failing = false
      return settlements
    } catch (error) {
      this.#failing ||= error instanceof StoreError && ofTheDisk.includes(error.code)
      abandon(this.#connection)
      if (jobs.length > 1 && isDeferredViolation(error)) return jobs.flatMap(job => this.#settlements([job]))
      return jobs.map(job => () => job.reject(error))
    } finally {
      this.#revision = undefined
    }
  }

  #transaction(jobs: readonly Job[]): Settlement[] {
    const { run } = this.#connection
    this.#before()
    run(begin)
    const revision = revisionIn(run(readRevision))
    // While writes fail, even a work that changes nothing writes: who asks so whether we are ready is told the truth.
    this.#revision = this.#failing ? revision + 1 : revision
    const settlements = jobs.length === 1 ? jobs.map(job => this.#perform(job)) : jobs.map(job => this.#attempt(job))
    if (this.#revision !== revision) {
      run({ text: 'update _revision set value = ?1', values: [this.#revision] })
    }
    this.#commit()
    return settlements
  }

  /** One work among several: it alone is undone when it throws, unless it took the transaction with it. */
  #attempt(job: Job): Settlement {
    const { run } = this.#connection
    run(savepoint)
    try {
      const settle = this.#perform(job)
      run(release)
      return settle
    } catch (error) {
      if (!this.#connection.isTransaction) throw error
      run(rollbackTo)
      run(release)
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
      rows = this.#connection.run(statement)
    } catch (error) {
      // On a full disk and the like SQLite rolls back the whole transaction by itself; whatever the work did next would
      // be committed statement by statement. So it is not asked any more.
      if (!this.#connection.isTransaction) throw error
      return work.throw(error)
    }
    return work.next(rows)
  }

  #commit(): void {
    try {
      this.#connection.run(commit)
    } catch (error) {
      // The log may already hold the whole transaction (its sync failed, say), and recovery after a crash would find it.
      if (error instanceof StoreError && error.code === 'unavailable') throw outcomeUnknown(error)
      throw error
    }
  }
}

/** Ends the transaction, if there still is one. */
export function abandon(connection: Connection): void {
  if (!connection.isTransaction) return
  try {
    connection.run(rollback)
  } catch {
    // Who asked is told the first error; should the transaction still be open, the next BEGIN fails.
  }
}

/** Of a disk that is full, read only or broken; the next write may well fare better. */
const ofTheDisk: readonly StoreErrorCode[] = ['full', 'unavailable', 'damaged', 'unknown']

function isDeferredViolation(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'reference'
}

function outcomeUnknown(error: StoreError): StoreError {
  return new StoreError('unknown', error.message, { cause: error.cause })
}

function revisionIn(rows: readonly Row[]): number {
  const value = rows[0]?.[0]
  if (typeof value !== 'number') throw new StoreError('fault', 'the table _revision has lost its row')
  return value
}
