// A long result, row by row as the server sends it. While nobody takes rows the socket is not read, and the server waits.

import { setImmediate } from 'node:timers/promises'
import { plain, type Statement, StoreError } from '../store.ts'
import type { Gathering } from '../streams.ts'
import type { Connection } from './connection.ts'

/** In ms, how long the server may take to find the next rows. */
const longestSearch = 10_000

/** The server's own limit would count the time in which nobody takes rows. */
const unlimited = plain(
  `select set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)`,
)

class Flow<T> {
  readonly #connection: Connection
  readonly #gathering: Gathering<T>
  readonly #ready: T[] = []
  #wake: () => void = () => {}
  #ended = false
  #error: unknown

  constructor(connection: Connection, statement: Statement, gathering: Gathering<T>) {
    this.#connection = connection
    this.#gathering = gathering
    const reading = connection.forEachRow(statement, row => {
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
    if (this.#ready.length === 0) this.#connection.read(true)
    return portion ?? this.#gathering.take()
  }

  #fill(): void {
    this.#ready.push(this.#gathering.take())
    this.#connection.read(false)
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

/** A connection on which rows are left unread cannot be used again. */
export async function* streamRows<T extends { readonly length: number }>(
  connection: Connection,
  statement: Statement,
  gathering: Gathering<T>,
): AsyncGenerator<T> {
  let isDone = false
  try {
    await connection.run(plain('begin read only'))
    await connection.run(unlimited)
    const flow = new Flow(connection, statement, gathering)
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
