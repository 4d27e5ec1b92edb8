// A queue of callers who wait for a connection, each for a limited time.

import type { End } from '../observer.ts'
import type { StoreError } from '../store.ts'
import type { Connection } from './connection.ts'
import type { Use } from './sharing.ts'

interface Waiter {
  readonly use: Use
  readonly take: (connection: Connection) => void
  readonly refuse: (error: StoreError) => void
}

interface WaitOptions {
  /** In ms, how long to wait. */
  readonly time: number
  /** The error for a caller who has waited that long in vain. */
  readonly lateError: () => StoreError
}

export class WaitingLine {
  readonly #waiters: Waiter[] = []
  readonly #begin: () => End | undefined

  /** `begin`: is told of everyone who begins to wait. */
  constructor(begin: () => End | undefined) {
    this.#begin = begin
  }

  get length(): number {
    return this.#waiters.length
  }

  /** Resolves to a connection when it is the caller's turn. */
  join(use: Use, { time, lateError }: WaitOptions): Promise<Connection> {
    const end = this.#begin()
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1)
        waiter.refuse(lateError())
      }
      const timer = setTimeout(giveUp, time)
      const settle = <T>(outcome: (value: T) => void) => {
        return (value: T) => {
          clearTimeout(timer)
          end?.()
          outcome(value)
        }
      }
      const waiter: Waiter = { use, take: settle(resolve), refuse: settle(reject) }
      this.#waiters.push(waiter)
    })
  }

  /** Gives each caller in turn the connection that `pick` finds, until it finds none. So no caller overtakes one that has waited longer. */
  serve(pick: (use: Use) => Connection | undefined): void {
    for (let next = this.#waiters[0]; next !== undefined; next = this.#waiters[0]) {
      const connection = pick(next.use)
      if (connection === undefined) return
      this.#waiters.shift()
      next.take(connection)
    }
  }

  refuse(error: () => StoreError): void {
    for (const { refuse } of this.#waiters.splice(0)) refuse(error())
  }
}
