// Ends statements that take too long. SQLite has no such limit, so they ask for each row that they look at.

import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../store.ts'

/** Looking at the clock costs as much as looking at some rows, so it is done once in so many. */
const rowsBetweenLooks = 64

/** Defines `in_time()`, which is true for each row until the time is over, and then ends the statement. */
export class Patience {
  #rows = 0
  #end = Number.POSITIVE_INFINITY

  constructor(db: DatabaseSync) {
    db.function('in_time', { directOnly: true }, () => this.#look())
  }

  /** Throws a `StoreError` (`slow`) when a statement in it is not done after so many ms. */
  during<T>(time: number, task: () => T): T {
    this.#end = performance.now() + time
    try {
      return task()
    } finally {
      this.#end = Number.POSITIVE_INFINITY
    }
  }

  #look(): number {
    this.#rows += 1
    if (this.#rows % rowsBetweenLooks === 0 && performance.now() > this.#end)
      throw new StoreError('slow', 'a read took too long: it needs an index')
    return 1
  }
}
