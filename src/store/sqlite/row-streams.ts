// Long results, such as a whole list, are read in threads of their own, so that neither the event loop nor other long reads
// wait for them. Each has a connection with one state of the database.

import { extname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Writing } from '../../formats/stored-rows.ts'
import type { Row } from '../../resource/row.ts'
import { type Statement, StoreError } from '../store.ts'
import { maxStreams, TooManyStreams } from '../streams.ts'
import type { ReaderData } from './reader.ts'
import type { StreamAnswer, StreamOrder, StreamRequest } from './stream-reader.ts'

/** Its own name, compiled or not, has the same ending. */
const program = new URL(`stream-reader${extname(import.meta.filename)}`, import.meta.url)

type Portion = Extract<StreamAnswer, { portion: unknown }>

/** The texts of rows are garbage once they are sent, and need not pile up. */
const resourceLimits = { maxYoungGenerationSizeMb: 4 }

class StreamReader {
  readonly #worker: Worker
  #pending: PromiseWithResolvers<Portion> | undefined
  isAlive = true

  constructor(workerData: ReaderData) {
    this.#worker = new Worker(program, { workerData, resourceLimits })
    this.#worker.unref()
    this.#worker.on('message', (answer: StreamAnswer) => {
      if ('portion' in answer) this.#pending?.resolve(answer)
      else this.#pending?.reject(new StoreError(answer.code, answer.message))
    })
    this.#worker.on('error', error => this.#die(error))
    this.#worker.on('exit', () => this.#die(undefined))
  }

  ask(request: Exclude<StreamRequest, 'end'>): Promise<Portion> {
    this.#pending = Promise.withResolvers()
    this.#worker.ref()
    this.#worker.postMessage(request)
    const answer = this.#pending.promise.finally(() => this.#worker.unref())
    // It may fail before anybody waits for it.
    answer.catch(() => {})
    return answer
  }

  /** Lets go of the result, after the portion that is being read. */
  async finish(): Promise<void> {
    await this.#pending?.promise.catch(() => {})
    this.#worker.postMessage('end' satisfies StreamRequest)
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  #die(cause: unknown): void {
    this.isAlive = false
    this.#pending?.reject(new StoreError('unavailable', 'a thread that reads has ended', { cause }))
  }
}

interface RowStreamsOptions extends ReaderData {
  /** Called before the file is opened once more. If it throws, the read is refused. */
  readonly before: () => void
}

export class RowStreams {
  readonly #options: RowStreamsOptions
  readonly #readers = new Set<StreamReader>()
  readonly #idle: StreamReader[] = []

  constructor(options: RowStreamsOptions) {
    this.#options = options
  }

  readRows(statement: Statement): AsyncGenerator<readonly Row[]> {
    return this.#read({ statement }) as AsyncGenerator<readonly Row[]>
  }

  readText(statement: Statement, writing: Writing): AsyncGenerator<Uint8Array> {
    return this.#read({ statement, writing }) as AsyncGenerator<Uint8Array>
  }

  /** Breaks off the reads in progress. */
  async close(): Promise<void> {
    await Promise.all([...this.#readers].map(reader => reader.end()))
  }

  /** The next portion is read while its caller uses one. */
  async *#read(order: StreamOrder): AsyncGenerator<Portion['portion']> {
    const reader = this.#take()
    try {
      for (let next = reader.ask(order); ; ) {
        const { portion, last } = await next
        if (!last) next = reader.ask('more')
        yield portion
        if (last) return
        // A thread that is fast enough would keep this turn of the event loop from ending.
        await setImmediate()
      }
    } finally {
      void this.#giveBack(reader)
    }
  }

  #take(): StreamReader {
    const { before, location, maxTime } = this.#options
    const idle = this.#idle.pop()
    if (idle !== undefined) return idle
    if (this.#readers.size >= maxStreams) throw new TooManyStreams()
    before()
    const reader = new StreamReader({ location, maxTime })
    this.#readers.add(reader)
    return reader
  }

  async #giveBack(reader: StreamReader): Promise<void> {
    await reader.finish()
    if (reader.isAlive) this.#idle.push(reader)
    else this.#readers.delete(reader)
  }
}
