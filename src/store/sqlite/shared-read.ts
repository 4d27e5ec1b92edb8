// The reads of one turn of the event loop share one transaction, because locking and unlocking the file costs as much as
// a read. A statement that is asked twice in it runs once, so a popular page costs least when it matters most.

import type { Row } from '../../resource/row.ts'
import type { Statement } from '../store.ts'
import { abandon, rowBytes, type SqliteConnection } from './transaction.ts'

/** In bytes, how much is remembered within one turn; rows beyond that are read again. */
export const maxShared = 16 * 1024 * 1024

const begin = { text: 'begin', values: [] }
const commit = { text: 'commit', values: [] }

/** Rows by the text of a statement and by its values. */
type KnownRows = Map<string, Map<unknown, readonly Row[]>>

export class SharedRead {
  readonly #connection: SqliteConnection
  readonly #limit: number
  #bytes = 0
  /** Whether requests have arrived in this turn. */
  #isFresh = false
  /** The rows that were read in this transaction; undefined while there is no transaction. */
  #answers: KnownRows | undefined

  constructor(connection: SqliteConnection, limit = maxShared) {
    this.#connection = connection
    this.#limit = limit
  }

  /** Returns the rows as they are in this turn. Throws a `StoreError`. */
  read(statement: Statement): readonly Row[] {
    const { text, values } = statement
    const answers = this.#answers ?? this.#begin()
    const question = values.length === 1 ? values[0] : JSON.stringify(values)
    const ofText = answers.get(text)
    const known = ofText?.get(question)
    if (known !== undefined) return known
    const rows = this.#connection.run(statement)
    this.#bytes += rowBytes(rows)
    if (this.#bytes > this.#limit) return rows
    if (ofText === undefined) answers.set(text, new Map([[question, rows]]))
    else ofText.set(question, rows)
    return rows
  }

  /**
   * To be called when a request has arrived. What was begun before the sockets of this turn were read is ended, because the
   * caller may know of a write of another process since.
   */
  refresh(): void {
    if (this.#isFresh) return
    this.#isFresh = true
    this.end()
    setImmediate(() => {
      this.#isFresh = false
    })
  }

  /** Must be called before anything that needs a transaction of its own, or none. */
  end(): void {
    if (this.#answers === undefined) return
    this.#answers = undefined
    // After some errors SQLite has already ended it.
    if (!this.#connection.isTransaction) return
    try {
      this.#connection.run(commit)
    } catch {
      // A read may have met damage; its caller has got the error.
      abandon(this.#connection)
    }
  }

  #begin(): KnownRows {
    this.#connection.run(begin)
    setImmediate(() => this.end())
    this.#answers = new Map()
    this.#bytes = 0
    return this.#answers
  }
}
