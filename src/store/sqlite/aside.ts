// Works that take long run in a thread beside the event loop, on a connection of its own. Its transactions keep others from
// writing as those of another process would.

import { randomUUID } from 'node:crypto'
import { extname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Row } from '../../resource/row.ts'
import { type Session, type Statement, StoreError, type Work } from '../store.ts'
import { isBusy, pauseAfter } from './lock-wait.ts'
import type { SharedRead } from './shared-read.ts'
import type { WriterAnswer, WriterData, WriterOrder } from './writer.ts'

/** Its own name, compiled or not, has the same ending. */
const program = new URL(`writer${extname(import.meta.filename)}`, import.meta.url)

interface AsideOptions {
  readonly location: string
  /** In ms, how long to wait for the lock of others. */
  readonly lockTimeout: number
  /** The connection of the event loop. */
  readonly db: DatabaseSync
  /** What has been read of a state before others wrote. */
  readonly reads: SharedRead
}

export class Aside {
  readonly #options: AsideOptions
  readonly #writers = new Set<Writer>()

  constructor(options: AsideOptions) {
    this.#options = options
  }

  /** Runs the task with a session in a thread of its own, which ends with it. */
  async run<T>(task: (session: Session) => Promise<T>): Promise<T> {
    const { location, db, lockTimeout, reads } = this.#options
    const writer = new Writer({ location, stage: `${location}-stage-${randomUUID()}` })
    this.#writers.add(writer)
    try {
      return await task({
        gathers: true,
        run: statement => writer.carryOut(statement),
        transact: async work => {
          await beginWhenFree(writer, lockTimeout)
          // It moves its long log into the file by itself, before anybody else tries to.
          db.exec('pragma wal_autocheckpoint = 0')
          try {
            return await perform(writer, work())
          } finally {
            if (db.isOpen) db.exec('pragma wal_autocheckpoint = 1000')
            if (db.isOpen) reads.end()
          }
        },
      })
    } finally {
      this.#writers.delete(writer)
      await writer.end()
    }
  }

  /** Breaks off what is in progress. */
  async close(): Promise<void> {
    await Promise.all([...this.#writers].map(writer => writer.end()))
  }
}

async function beginWhenFree(writer: Writer, timeout: number): Promise<void> {
  const start = performance.now()
  for (;;)
    try {
      return void (await writer.carryOut('begin'))
    } catch (error) {
      const waited = performance.now() - start
      if (!isBusy(error) || waited >= timeout) throw error
      await setTimeout(pauseAfter(waited))
    }
}

/** Runs a work to its end, and commits. */
async function perform<T>(writer: Writer, work: Work<T>): Promise<T> {
  try {
    let step = work.next()
    while (step.done !== true) step = await resume(writer, work, step.value)
    await writer.carryOut('commit')
    return step.value
  } catch (error) {
    await writer.carryOut('rollback')
    throw error
  }
}

async function resume<T>(
  writer: Writer,
  work: Work<T>,
  statement: Statement,
): Promise<IteratorResult<Statement, T>> {
  let rows: readonly Row[]
  try {
    rows = await writer.carryOut(statement)
  } catch (error) {
    return work.throw(error)
  }
  return work.next(rows)
}

class Writer {
  readonly #worker: Worker
  #pending: PromiseWithResolvers<readonly Row[]> | undefined
  #hasEnded = false

  constructor(workerData: WriterData) {
    this.#worker = new Worker(program, { workerData })
    this.#worker.on('message', (answer: WriterAnswer) => {
      if ('rows' in answer) this.#pending?.resolve(answer.rows)
      else this.#pending?.reject(new StoreError(answer.code, answer.message, answer))
    })
    this.#worker.on('error', error => this.#die(error))
    this.#worker.on('exit', () => this.#die(undefined))
  }

  /** One at a time. */
  carryOut(order: WriterOrder): Promise<readonly Row[]> {
    if (this.#hasEnded) throw ended(undefined)
    this.#pending = Promise.withResolvers()
    this.#worker.postMessage(order)
    return this.#pending.promise
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  #die(cause: unknown): void {
    this.#hasEnded = true
    this.#pending?.reject(ended(cause))
  }
}

function ended(cause: unknown): StoreError {
  return new StoreError('unavailable', 'a thread that writes has ended', { cause })
}
