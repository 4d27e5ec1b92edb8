// The turns in which workers write to an SQLite file: first come, first served.

export class WorkerTurns {
  readonly #tell: (worker: number) => void
  readonly #waiting = new Set<number>()
  /** Whose turn it is. */
  #current: number | undefined

  /** `tell` tells a worker that it is its turn. */
  constructor(tell: (worker: number) => void) {
    this.#tell = tell
  }

  ask(worker: number): void {
    this.#waiting.add(worker)
    this.#next()
  }

  /** The worker has had its turn. */
  pass(worker: number): void {
    if (this.#current !== worker) return
    this.#current = undefined
    this.#next()
  }

  /** The worker has ended. */
  end(worker: number): void {
    this.#waiting.delete(worker)
    this.pass(worker)
  }

  #next(): void {
    const [next] = this.#waiting
    if (this.#current !== undefined || next === undefined) return
    this.#waiting.delete(next)
    this.#current = next
    this.#tell(next)
  }
}
