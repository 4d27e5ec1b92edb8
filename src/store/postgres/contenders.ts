// Works that get into each other's way are started again one at a time, so that each of them comes through.

import { setTimeout as pause } from 'node:timers/promises'

export class Contenders {
  readonly #pauseAfter: (error: unknown) => number | undefined
  #last: Promise<unknown> = Promise.resolve()

  /** @param pauseAfter - How long, in ms, a work waits before it is started again; `undefined` for what is no conflict. */
  constructor(pauseAfter: (error: unknown) => number | undefined) {
    this.#pauseAfter = pauseAfter
  }

  /**
   * Runs a work that can be started again, so many times at the most: also when it has its turn, works that are new may be
   * in its way. Rejects with what is no conflict, or with the last one.
   */
  async run<T>(work: () => Promise<T>, attempts: number): Promise<T> {
    try {
      return await work()
    } catch (error) {
      const time = this.#pauseAfter(error)
      if (time === undefined) throw error
      return this.#inTurn(work, attempts - 1, time)
    }
  }

  #inTurn<T>(work: () => Promise<T>, attempts: number, time: number): Promise<T> {
    const turn = this.#last.then(() => this.#repeat(work, attempts, time))
    this.#last = turn.catch(() => {})
    return turn
  }

  async #repeat<T>(work: () => Promise<T>, left: number, time: number): Promise<T> {
    if (time > 0) await pause(time)
    try {
      return await work()
    } catch (error) {
      const next = this.#pauseAfter(error)
      if (left === 1 || next === undefined) throw error
      return this.#repeat(work, left - 1, next)
    }
  }
}
