// Turns of several processes that write to one file. Its lock alone wakes none of those who wait for it.

export interface Turns {
  /** Asks for a turn. Asking again before it has come changes nothing. */
  ask(): void
  /** Calls `act` whenever it is the turn of this process. */
  onTurn(act: () => void): void
  /** Hands the turn on. */
  pass(): void
}
