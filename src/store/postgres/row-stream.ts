// A long result, row by row as the server sends it. While nobody takes rows the socket is not read, and the server waits.

import type { Row } from '../../resource/row.ts'
import { plain, type Statement, StoreError } from '../store.ts'
import { Portion } from '../streams.ts'
import type { Connection } from './connection.ts'

/** In ms, how long the server may take to find the next rows. */
const longestSearch = 10_000

/** The server's own limit would count the time in which nobody takes rows. */
const unlimited = plain(
  `select set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)`,
)

class Flow {
  readonly #connection: Connection
  readonly #ready: (readonly Row[])[] = []
  readonly #portion = new Portion()
  #wake: () => void = () => {}
  #ended = false
  #error: unknown

  constructor(connection: Connection, statement: Statement) {
    this.#connection = connection
    const reading = connection.forEachRow(statement, row => this.#add(row))
    void reading.then(
      () => this.#end(),
      error => this.#end(error),
    )
  }

  /** Its next rows; none at its end. */
  async next(): Promise<readonly Row[]> {
    if (this.#ready.length === 0 && !this.#ended) await this.#wait()
    const rows = this.#ready.shift()
    if (rows === undefined && this.#error !== undefined) throw this.#error
    if (this.#ready.length === 0) this.#connection.read(true)
    return rows ?? this.#portion.take()
  }

  #add(row: Row): void {
    if (!this.#portion.add(row)) return
    this.#ready.push(this.#portion.take())
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
export async function* streamRows(
  connection: Connection,
  statement: Statement,
): AsyncGenerator<readonly Row[]> {
  let isDone = false
  try {
    await connection.run(plain('begin read only'))
    await connection.run(unlimited)
    const flow = new Flow(connection, statement)
    for (let rows = await flow.next(); rows.length > 0; rows = await flow.next()) yield rows
    await connection.commit()
    isDone = true
  } finally {
    if (!isDone) connection.discard()
  }
}
