// The turn of this process among those that write to the same file. It orders them, and SQLite's lock keeps them apart: a
// process that meets nobody asks for no turn, and one whose turn does not come goes on without it.

import type { Turns } from '../turns.ts'

/** In ms, how long a process that has met the lock of another one asks for turns. */
const contended = 1000
/** In ms, how long a turn is waited for. */
const patience = 500

export class WriteTurn {
  readonly #turns: Turns
  #isMine = false
  /** When the lock of another process was met. */
  #metAt = Number.NEGATIVE_INFINITY
  /** Ends the wait for a turn. */
  #proceed: (() => void) | undefined

  constructor(turns: Turns) {
    this.#turns = turns
    turns.onTurn(() => this.#begin())
  }

  /** Whether to ask for it before the next attempt. */
  get isNeeded(): boolean {
    return !this.#isMine && performance.now() - this.#metAt < contended
  }

  /** Another process holds the lock. */
  meetOther(): void {
    this.#metAt = performance.now()
  }

  /** Calls `act` when the turn has come, or has been waited for in vain. */
  ask(act: () => void): void {
    const proceed = () => {
      clearTimeout(timer)
      this.#proceed = undefined
      act()
    }
    const timer = setTimeout(proceed, patience)
    this.#proceed = proceed
    this.#turns.ask()
  }

  pass(): void {
    if (!this.#isMine) return
    this.#isMine = false
    this.#turns.pass()
  }

  #begin(): void {
    this.#isMine = true
    if (this.#proceed) this.#proceed()
    // It comes too late.
    else this.pass()
  }
}
