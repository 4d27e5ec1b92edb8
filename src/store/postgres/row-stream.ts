// A long result, row by row as the server sends it. While nobody takes rows the socket is not read, and the server waits.

import { setImmediate } from 'node:timers/promises'
import type { Writing } from '../../formats/stored-rows.ts'
import type { Row } from '../../resource/row.ts'
import { plain, type Statement, StoreError } from '../store.ts'
import { type Gathering, LinePortion, Portion, TextPortion } from '../streams.ts'
import type { Connection } from './connection.ts'
import { copyCsv } from './copy.ts'
import type { Source } from './library.ts'

/** In ms, how long the server may take to find the next rows. */
const longestSearch = 10_000

/**
 * The server's own limit would count the time in which nobody takes rows. Within the text of a `copy`, quotes must mean
 * what the standard says, whatever the session was told.
 */
const settings = plain(
  `select set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true), ` +
    `set_config('standard_conforming_strings', 'on', true)`,
)

class Flow<T, R> {
  readonly #source: Source<R>
  readonly #gathering: Gathering<T, R>
  readonly #ready: T[] = []
  #wake: () => void = () => {}
  #ended = false
  #error: unknown

  constructor(source: Source<R>, gathering: Gathering<T, R>) {
    this.#source = source
    this.#gathering = gathering
    const reading = source.forEach(row => {
      if (gathering.add(row)) this.#fill()
    })
    void reading.then(
      () => this.#end(),
      error => this.#end(error),
    )
  }

  /** Its next portion, which is empty at its end. */
  async next(): Promise<T> {
    if (this.#ready.length === 0 && !this.#ended) await this.#wait()
    const portion = this.#ready.shift()
    if (portion === undefined && this.#error !== undefined) throw this.#error
    if (this.#ready.length === 0) this.#source.read(true)
    return portion ?? this.#gathering.take()
  }

  #fill(): void {
    this.#ready.push(this.#gathering.take())
    this.#source.read(false)
    this.#wake()
  }

  #end(error?: unknown): void {
    this.#ended = true
    this.#error = error
    this.#wake()
  }

  #wait(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const late = () =>
      reject(new StoreError('slow', 'the next rows of a list were not found in time'))
    const timer = setTimeout(late, longestSearch)
    this.#wake = resolve
    return promise.finally(() => clearTimeout(timer))
  }
}

export function streamRows(
  connection: Connection,
  statement: Statement,
): AsyncGenerator<readonly Row[]> {
  return stream(connection, connection.rows(statement), new Portion())
}

export function streamText(
  connection: Connection,
  statement: Statement,
  writing: Writing,
): AsyncGenerator<Uint8Array> {
  const copy = copyCsv(statement, writing)
  return copy === undefined
    ? stream(connection, connection.rows(statement), new TextPortion(writing))
    : stream(connection, connection.lines(copy), new LinePortion())
}

/** A connection on which rows are left unread cannot be used again. */
async function* stream<T extends { readonly length: number }, R>(
  connection: Connection,
  source: Source<R>,
  gathering: Gathering<T, R>,
): AsyncGenerator<T> {
  let isDone = false
  try {
    await connection.run(plain('begin read only'))
    await connection.run(settings)
    const flow = new Flow(source, gathering)
    for (;;) {
      const portion = await flow.next()
      if (portion.length === 0) break
      yield portion
      // A server that is fast enough would keep this turn of the event loop from ending.
      await setImmediate()
    }
    await connection.commit()
    isDone = true
  } finally {
    if (!isDone) connection.discard()
  }
}
