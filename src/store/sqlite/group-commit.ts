// Group commit: the works of one turn of the event loop share one transaction, and are answered once it is on disk.

import { setTimeout } from 'node:timers/promises'
import type { Row } from '../../resource/row.ts'
import { plain, type Statement, StoreError, type StoreErrorCode, type Work } from '../store.ts'
import { isBusy, lockInterval } from './lock-wait.ts'
import { rowBytes } from './row-bytes.ts'

/** The connection that the works are run on, one after the other. */
export interface Connection {
  /** Runs a statement to its end; throws nothing but `StoreError`. */
  run(statement: Statement): readonly Row[]
  readonly isTransaction: boolean
}

interface Job {
  readonly work: () => Work<unknown>
  /** Until when it waits for a lock that another process holds. */
  readonly deadline: number
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
  /** Called before each transaction. What it throws refuses the batch. */
  readonly before?: () => void
  /** In ms, how long a work waits for a lock that another process holds; not at all by default. */
  readonly lockTimeout?: number
  /** Called when works have waited in vain, and when the lock is to be had again. */
  readonly onLock?: (isHeld: boolean) => void
}

/** How many works may wait for a lock before more are refused. */
const maxWaiting = 500

/** In bytes, the rows of one transaction: its answers wait for the commit, and what comes after that is for the next one. */
export const maxBatchBytes = 16 * 1024 * 1024

export class GroupCommit {
  readonly #connection: Connection
  readonly #batchSize: number
  readonly #before: () => void
  readonly #lockTimeout: number
  readonly #onLock: (isHeld: boolean) => void
  readonly #queue: Job[] = []
  #scheduled = false
  /** What the works of the batch under way have been given. */
  #bytes = 0
  /** The counter of the batch under way. */
  #revision: number | undefined
  /** Whether a statement of the batch under way has met an error from the disk. */
  #hasFailed = false
  /** Whether the last batch could not be written, or not all of it. */
  #failing = false
  /** Whether another process held the lock when it was last asked for. */
  #isHeld = false
  /** Whether works have waited for it in vain. */
  #isLocked = false

  constructor(connection: Connection, options: GroupCommitOptions = {}) {
    const { batchSize = 500, before = () => {}, lockTimeout = 0, onLock = () => {} } = options
    this.#connection = connection
    this.#batchSize = batchSize
    this.#before = before
    this.#lockTimeout = lockTimeout
    this.#onLock = onLock
  }

  push<T>(work: () => Work<T>): Promise<T> {
    if (this.#isHeld && this.#queue.length >= maxWaiting) return Promise.reject(lockedError())
    const deadline = performance.now() + this.#lockTimeout
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, deadline, resolve: resolve as (value: unknown) => void, reject })
      this.#schedule()
    })
  }

  /** Commits at once what is waiting, or as soon as another process lets it. */
  async drain(): Promise<void> {
    while (this.#queue.length > 0) {
      this.#nextBatch()
      if (this.#isHeld) await setTimeout(lockInterval)
    }
  }

  /** What `next_revision()` gives. */
  nextRevision(): number {
    if (this.#revision === undefined)
      throw new StoreError('fault', 'next_revision() outside of a transaction')
    this.#revision += 1
    return this.#revision
  }

  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0) return
    this.#scheduled = true
    const next = () => {
      this.#scheduled = false
      this.#nextBatch()
      this.#schedule()
    }
    if (this.#isHeld) void setTimeout(lockInterval).then(next)
    else setImmediate(next)
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
    this.#hasFailed = false
    try {
      const settlements = this.#transaction(jobs)
      this.#failing = this.#hasFailed
      return settlements
    } catch (error) {
      if (isBusy(error)) return this.#wait(jobs)
      this.#failing ||= this.#hasFailed
      abandon(this.#connection)
      if (jobs.length > 1 && mayBeOfOne(error)) return jobs.flatMap(job => this.#settlements([job]))
      return jobs.map(job => () => job.reject(error))
    } finally {
      this.#revision = undefined
    }
  }

  /** Puts back works that another process keeps from being done: nothing of them has happened. */
  #wait(jobs: readonly Job[]): Settlement[] {
    abandon(this.#connection)
    this.#isHeld = true
    const now = performance.now()
    const late = jobs.filter(({ deadline }) => deadline <= now)
    this.#queue.unshift(...jobs.filter(job => !late.includes(job)))
    if (late.length > 0 && !this.#isLocked) this.#onLock(true)
    this.#isLocked ||= late.length > 0
    return late.map(job => () => job.reject(lockedError()))
  }

  #found(): void {
    if (this.#isLocked) this.#onLock(false)
    this.#isHeld = false
    this.#isLocked = false
  }

  #transaction(jobs: readonly Job[]): Settlement[] {
    this.#before()
    this.#run(begin)
    this.#found()
    const revision = revisionIn(this.#run(readRevision))
    // While writes fail, even a work that changes nothing writes: who asks so whether we are ready is told the truth.
    this.#revision = this.#failing ? revision + 1 : revision
    const settlements = this.#performAll(jobs)
    if (this.#revision !== revision) {
      this.#run({ text: 'update _revision set value = ?1', values: [this.#revision] })
    }
    this.#commit()
    this.#queue.unshift(...jobs.slice(settlements.length))
    return settlements
  }

  /** The first works, as far as their rows fit into one transaction together; one does in any case. */
  #performAll(jobs: readonly Job[]): Settlement[] {
    const settlements: Settlement[] = []
    this.#bytes = 0
    for (const job of jobs) {
      settlements.push(jobs.length === 1 ? this.#perform(job) : this.#attempt(job))
      if (this.#bytes > maxBatchBytes) break
    }
    return settlements
  }

  /** One work among several: it alone is undone when it throws, unless it took the transaction with it. */
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
      // On a full disk and the like SQLite rolls back the whole transaction by itself; whatever the work did next would
      // be committed statement by statement. So it is not asked any more.
      if (!this.#connection.isTransaction) throw error
      return work.throw(error)
    }
    this.#bytes += rowBytes(rows)
    return work.next(rows)
  }

  /** Runs a statement. An error from the disk is noted here, because a work may throw another error in its place. */
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

const ofTheDisk: readonly StoreErrorCode[] = ['full', 'unavailable', 'damaged']

/** The disk is full, read only or broken; the next write may well succeed. */
function isOfTheDisk(error: unknown): boolean {
  return error instanceof StoreError && ofTheDisk.includes(error.code)
}

/** A deferred reference, or a rule that rolls the whole transaction back: the other works need not suffer for it. */
function mayBeOfOne(error: unknown): boolean {
  return error instanceof StoreError && (error.code === 'reference' || error.code === 'rule')
}

function lockedError(): StoreError {
  return new StoreError('busy', 'Another process holds the lock of the database.', {
    reported: true,
  })
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
