// Group commit: the works of one turn of the event loop share one transaction, and are settled once it is on disk.

import { setTimeout } from 'node:timers/promises'
import type { End } from '../observer.ts'
import { StoreError, type Work } from '../store.ts'
import { isBusy, pauseAfter } from './lock-wait.ts'
import {
  abandon,
  type Job,
  type Settlement,
  type SqliteConnection,
  Transaction,
} from './transaction.ts'
import type { WriteTurn } from './write-turn.ts'

interface WaitingJob extends Job {
  /** Until when it waits for a lock that another process holds. */
  readonly deadline: number
  /** Called once, when its transaction begins or it has waited in vain. */
  begun: End | undefined
}

export interface GroupCommitOptions {
  /** The maximum number of works in one transaction; 500 by default. */
  readonly batchSize?: number
  /** Called before each transaction. If it throws, the batch is refused. */
  readonly before?: () => void
  /** Among processes that write to the same file; none by default. */
  readonly turn?: WriteTurn | undefined
  /** In ms, how long a work waits for a lock that another process holds; not at all by default. */
  readonly lockTimeout?: number
  /** Called when a work begins to wait for its transaction. */
  readonly wait?: () => End | undefined
  /** Called when works have waited in vain, and when the lock is free again. */
  readonly onLock?: (isHeld: boolean) => void
}

/** How many works may wait for a lock that has been held for longer than `longHeld` ms before more are refused. */
const maxWaiting = 500
const longHeld = 100

export class GroupCommit {
  readonly #connection: SqliteConnection
  readonly #batchSize: number
  readonly #before: () => void
  readonly #lockTimeout: number
  readonly #wait: () => End | undefined
  readonly #onLock: (isHeld: boolean) => void
  readonly #turn: WriteTurn | undefined
  readonly #queue: WaitingJob[] = []
  #scheduled = false
  /** The transaction in progress. */
  #transaction: Transaction | undefined
  /** Whether the last batch could not be written completely. */
  #failing = false
  /** Since when another process has held the lock, each time that it was asked for. */
  #heldSince: number | undefined
  /** Whether works have waited for it in vain. */
  #isLocked = false

  constructor(connection: SqliteConnection, options: GroupCommitOptions = {}) {
    const { batchSize = 500, before = () => {}, lockTimeout = 0 } = options
    const { wait = () => undefined, onLock = () => {} } = options
    this.#connection = connection
    this.#batchSize = batchSize
    this.#before = before
    this.#lockTimeout = lockTimeout
    this.#wait = wait
    this.#onLock = onLock
    this.#turn = options.turn
  }

  /** How many works wait for their transaction. */
  get waiting(): number {
    return this.#queue.length
  }

  push<T>(work: () => Work<T>): Promise<T> {
    if (this.#queue.length >= maxWaiting && this.#waited() > longHeld)
      return Promise.reject(lockedError())
    const deadline = performance.now() + this.#lockTimeout
    const begun = this.#wait()
    return new Promise<T>((resolve, reject) => {
      const settle = { resolve: resolve as (value: unknown) => void, reject }
      this.#queue.push({ work, deadline, begun, ...settle })
      this.#schedule()
    })
  }

  /** Commits the waiting works at once, or as soon as another process releases its lock. */
  async drain(): Promise<void> {
    while (this.#queue.length > 0) {
      this.#nextBatch()
      if (this.#heldSince !== undefined) await setTimeout(pauseAfter(this.#waited()))
    }
  }

  /** The value of `next_revision()`. */
  nextRevision(): number {
    if (this.#transaction === undefined)
      throw new StoreError('fault', 'next_revision() outside of a transaction')
    return this.#transaction.nextRevision()
  }

  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0) return
    this.#scheduled = true
    const next = () => this.#inTurn()
    const pause = pauseAfter(this.#waited())
    if (this.#turn?.isNeeded) this.#turn.ask(next)
    else if (pause === undefined) setImmediate(next)
    else void setTimeout(pause).then(next)
  }

  /** A turn lasts for one batch, or for as long as somebody without a turn holds the lock. */
  #inTurn(): void {
    this.#scheduled = false
    this.#nextBatch()
    if (this.#heldSince === undefined || this.#queue.length === 0) this.#turn?.pass()
    this.#schedule()
  }

  #nextBatch(): void {
    const jobs = this.#queue.splice(0, this.#batchSize)
    if (jobs.length > 0) this.#runBatch(jobs)
  }

  #runBatch(jobs: readonly WaitingJob[]): void {
    for (const settle of this.#settlements(jobs)) settle()
  }

  /** The outcomes of the works. They hold from the commit on, and so does every refusal that depends on the row of another work. */
  #settlements(jobs: readonly WaitingJob[]): readonly Settlement[] {
    const transaction = new Transaction(this.#connection)
    this.#transaction = transaction
    try {
      const settlements = this.#perform(transaction, jobs)
      this.#failing = transaction.hasFailed
      return settlements
    } catch (error) {
      if (isBusy(error)) return this.#putBack(jobs)
      this.#failing ||= transaction.hasFailed
      abandon(this.#connection)
      if (jobs.length > 1 && mayBeOfOne(error)) return jobs.flatMap(job => this.#settlements([job]))
      return jobs.map(job => () => job.reject(error))
    } finally {
      this.#transaction = undefined
    }
  }

  #perform(transaction: Transaction, jobs: readonly WaitingJob[]): readonly Settlement[] {
    this.#before()
    transaction.begin()
    this.#found()
    for (const job of jobs) endWait(job)
    // While writes fail, even a work that changes nothing writes, so that the readiness check tells the truth.
    const settlements = transaction.perform(jobs, { writes: this.#failing })
    this.#queue.unshift(...jobs.slice(settlements.length))
    return settlements
  }

  /** Puts works back into the queue that another process prevented. Nothing of them has happened. */
  #putBack(jobs: readonly WaitingJob[]): Settlement[] {
    abandon(this.#connection)
    const now = performance.now()
    this.#heldSince ??= now
    this.#turn?.meetOther()
    const late = jobs.filter(({ deadline }) => deadline <= now)
    this.#queue.unshift(...jobs.filter(job => !late.includes(job)))
    if (late.length > 0 && !this.#isLocked) this.#onLock(true)
    this.#isLocked ||= late.length > 0
    for (const job of late) endWait(job)
    return late.map(job => () => job.reject(lockedError()))
  }

  #found(): void {
    if (this.#isLocked) this.#onLock(false)
    this.#heldSince = undefined
    this.#isLocked = false
  }

  /** In ms, how long another process has held the lock. */
  #waited(): number {
    return this.#heldSince === undefined ? 0 : performance.now() - this.#heldSince
  }
}

function endWait(job: WaitingJob): void {
  job.begun?.()
  job.begun = undefined
}

/** Whether one work may have caused the error: a deferred reference, or a rule that rolls the whole transaction back. */
function mayBeOfOne(error: unknown): boolean {
  return error instanceof StoreError && (error.code === 'reference' || error.code === 'rule')
}

function lockedError(): StoreError {
  return new StoreError('busy', 'Another process holds the lock of the database.', {
    reported: true,
  })
}
