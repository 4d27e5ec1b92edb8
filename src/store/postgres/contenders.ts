// Works that get into each other's way are started again one at a time, so that each of them comes through.

export class Contenders {
  readonly #isConflict: (error: unknown) => boolean
  #last: Promise<unknown> = Promise.resolve()

  constructor(isConflict: (error: unknown) => boolean) {
    this.#isConflict = isConflict
  }

  /**
   * Runs a work that can be started again, so many times at the most: also when it has its turn, works that are new may be
   * in its way. Rejects with what is no conflict, or with the last one.
   */
  async run<T>(work: () => Promise<T>, attempts: number): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (!this.#isConflict(error)) throw error
      return this.#inTurn(work, attempts - 1)
    }
  }

  #inTurn<T>(work: () => Promise<T>, attempts: number): Promise<T> {
    const turn = this.#last.then(() => this.#repeat(work, attempts))
    this.#last = turn.catch(() => {})
    return turn
  }

  async #repeat<T>(work: () => Promise<T>, left: number): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (left === 1 || !this.#isConflict(error)) throw error
      return this.#repeat(work, left - 1)
    }
  }
}
