// The reads of one turn of the event loop share one transaction: locking and unlocking the file costs as much as a read.

import { abandon, type Connection } from './group-commit.ts'

const begin = { text: 'begin', values: [] }
const commit = { text: 'commit', values: [] }

export class SharedRead {
  readonly #connection: Connection
  #begun = false

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** To be called before each read; the transaction ends with the turn. Throws a `StoreError`. */
  begin(): void {
    if (this.#begun) return
    this.#connection.run(begin)
    this.#begun = true
    setImmediate(() => this.end())
  }

  /** To be called before whatever needs a transaction of its own, or none. */
  end(): void {
    if (!this.#begun) return
    this.#begun = false
    // After some errors SQLite has ended it by itself.
    if (!this.#connection.isTransaction) return
    try {
      this.#connection.run(commit)
    } catch {
      // A damage, say, that a read came upon: whoever asked has been told.
      abandon(this.#connection)
    }
  }
}
