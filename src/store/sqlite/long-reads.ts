// Reads that take long run in threads beside the event loop, each on a connection of its own, so that they hold up nobody.

import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Row } from '../../resource/row.ts'
import { LruMap } from '../lru-map.ts'
import { plain, type Statement, StoreError, type Work } from '../store.ts'
import type { Patience } from './patience.ts'
import type { ReaderAnswer, ReaderData } from './reader.ts'

/** The threads of a process. One core is left to its event loop; more than four would wait for the disk together. */
function readersOf(processes: number): number {
  const cores = availableParallelism() / processes
  return Math.max(1, Math.min(4, Math.floor(cores) - 1))
}

/** In ms. Only tests set others. */
export interface ReadTimes {
  /** How long a read may hold up others before it goes on beside the event loop. */
  readonly here: number
  /** How long one may take there. */
  readonly beside: number
  /** How long one waits for its turn there. */
  readonly wait: number
  /** How long one of a write may take, for which everybody waits. */
  readonly inWrites: number
}

/** Beside the event loop it is as on PostgreSQL. */
export const usualTimes: ReadTimes = { here: 10, beside: 10_000, wait: 5_000, inWrites: 1_000 }

/** Its own name, compiled or not, has the same ending. */
const program = new URL(`reader${extname(import.meta.filename)}`, import.meta.url)

class Reader {
  readonly #worker: Worker
  #pending: PromiseWithResolvers<readonly Row[]> | undefined
  isAlive = true

  constructor(workerData: ReaderData) {
    this.#worker = new Worker(program, { workerData })
    this.#worker.unref()
    this.#worker.on('message', (answer: ReaderAnswer) => {
      if ('rows' in answer) this.#pending?.resolve(answer.rows)
      else this.#pending?.reject(new StoreError(answer.code, answer.message))
    })
    this.#worker.on('error', error => this.#die(error))
    this.#worker.on('exit', () => this.#die(undefined))
  }

  /** One at a time. */
  async run(statement: Statement): Promise<readonly Row[]> {
    this.#pending = Promise.withResolvers()
    this.#worker.ref()
    this.#worker.postMessage(statement)
    try {
      return await this.#pending.promise
    } finally {
      this.#worker.unref()
    }
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  #die(cause: unknown): void {
    this.isAlive = false
    this.#pending?.reject(new StoreError('unavailable', 'a thread that reads has ended', { cause }))
  }
}

/** A statement of a work, to be run here. Throws a `StoreError` (`slow`) where it is known to take long. */
export function toReadHere(statement: Statement, beside: LongReads | undefined): Statement {
  if (beside?.takesLong(statement)) throw new StoreError('slow', 'it is known to take long')
  return { ...statement, readOnly: true }
}

interface LongReadsOptions {
  readonly location: string
  readonly patience: Patience
  readonly times: ReadTimes
  /** How many processes share the machine. */
  readonly processes: number
  /** Called before the file is opened once more. If it throws, the read is refused. */
  readonly before: () => void
}

/** How many statements are remembered that took long. */
const maxKnown = 1000

export class LongReads {
  readonly #options: LongReadsOptions
  readonly #maxReaders: number
  /** Whether a statement took long the last time, by its text. */
  readonly #isLong = new LruMap<string, boolean>(maxKnown)
  readonly #readers = new Set<Reader>()
  readonly #idle: Reader[] = []
  #busy = 0
  /** Those who wait for their turn, in order. */
  readonly #waiting: (() => void)[] = []

  constructor(options: LongReadsOptions) {
    this.#options = options
    this.#maxReaders = readersOf(options.processes)
  }

  /** Runs a statement `here`, and beside the event loop if that takes long, or did so the last time. */
  async query(statement: Statement, here: () => readonly Row[]): Promise<readonly Row[]> {
    if (!this.takesLong(statement)) {
      const rows = this.#try(here)
      if (rows !== undefined) return rows
    }
    return this.#withReader(reader => this.#runBeside(reader, statement))
  }

  /** Whether a statement is known to take long, or did so the last time. */
  takesLong({ text, isLong }: Statement): boolean {
    return isLong ?? this.#isLong.get(text) === true
  }

  /** The same for a work. All its statements see one state of the database. */
  async read<T>(work: () => Work<T>, here: () => T): Promise<T> {
    const result = this.#try(() => ({ value: here() }))
    if (result !== undefined) return result.value
    return this.#withReader(async reader => {
      await reader.run(plain('begin'))
      try {
        return await readThrough(work(), statement => this.#runBeside(reader, statement))
      } finally {
        await reader.run(plain('rollback'))
      }
    })
  }

  async #runBeside(reader: Reader, statement: Statement): Promise<readonly Row[]> {
    const start = performance.now()
    const rows = await reader.run(statement)
    if (statement.timed)
      this.#isLong.set(statement.text, performance.now() - start > this.#options.times.here)
    return rows
  }

  /** Undefined if it takes long. */
  #try<T>(here: () => T): T | undefined {
    try {
      return this.#options.patience.during(this.#options.times.here, here)
    } catch (error) {
      if (error instanceof StoreError && error.code === 'slow') return undefined
      throw error
    }
  }

  /** Breaks off the reads in progress. */
  async close(): Promise<void> {
    await Promise.all([...this.#readers].map(reader => reader.end()))
  }

  async #withReader<T>(task: (reader: Reader) => Promise<T>): Promise<T> {
    if (this.#busy >= this.#maxReaders) await this.#turn()
    else this.#busy += 1
    try {
      const reader = this.#idle.pop() ?? this.#open()
      return await task(reader).finally(() => this.#giveBack(reader))
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#busy -= 1
      else next()
    }
  }

  #open(): Reader {
    const { location, times, before } = this.#options
    before()
    const reader = new Reader({ location, maxTime: times.beside })
    this.#readers.add(reader)
    return reader
  }

  #giveBack(reader: Reader): void {
    if (reader.isAlive) this.#idle.push(reader)
    else this.#readers.delete(reader)
  }

  /** Resolves when one of those who read is done, and its place is the caller's. */
  #turn(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(() => {
      this.#waiting.splice(this.#waiting.indexOf(take), 1)
      reject(new StoreError('slow', 'too many reads that need an index wait for each other'))
    }, this.#options.times.wait)
    const take = () => {
      clearTimeout(timer)
      resolve()
    }
    this.#waiting.push(take)
    return promise
  }
}

async function readThrough<T>(
  work: Work<T>,
  read: (statement: Statement) => Promise<readonly Row[]>,
): Promise<T> {
  let step = work.next([])
  while (step.done !== true) {
    let rows: readonly Row[]
    try {
      rows = await read(step.value)
    } catch (error) {
      step = work.throw(error)
      continue
    }
    step = work.next(rows)
  }
  return step.value
}
