// Whether there is a server that accepts writes, as far as is known. Each change is logged once.

import { StoreError, type StoreLog } from '../store.ts'
import { isRefusedForGood } from './errors.ts'

export interface PresenceOptions {
  /** Where the data is, for people. */
  readonly location: string
  /** In ms, how long to wait at the start for a server that is not reachable yet. */
  readonly startTimeout: number
  readonly log: StoreLog
}

export class Presence {
  readonly #options: PresenceOptions
  readonly #started = performance.now()
  #state: 'starting' | 'here' | 'away' = 'starting'
  #reason = ''
  #since = 0

  constructor(options: PresenceOptions) {
    this.#options = options
  }

  get state(): 'starting' | 'here' | 'away' {
    return this.#state
  }

  found(): void {
    const { log, location } = this.#options
    const seconds = Math.round((performance.now() - this.#since) / 1000)
    if (this.#state === 'away') log.info({ location, seconds }, 'the database is back')
    this.#state = 'here'
    this.#reason = ''
  }

  /** Whether to keep waiting for an unreachable server, because the process has only just started. */
  isAwaited({ message, cause }: Error): boolean {
    const { log, location, startTimeout } = this.#options
    const patient = performance.now() < this.#started + startTimeout && !isRefusedForGood(cause)
    if (this.#state !== 'starting' || !patient) return false
    if (this.#reason === '') log.info({ location, reason: message }, 'waiting for the database')
    this.#reason = message
    return true
  }

  gone(reason: string): void {
    this.#reason = reason
    if (this.#state !== 'here') return
    const { log, location } = this.#options
    const advice =
      'requests are answered 503 until it is back: check that PostgreSQL runs and takes connections'
    log.error({ location, reason }, `the database is away; ${advice}`)
    this.#state = 'away'
    this.#since = performance.now()
  }

  error(): StoreError {
    const message = `The database at ${this.#options.location} cannot be used: ${this.#reason || 'no response yet'}`
    return new StoreError('unavailable', message, { reported: this.#state === 'away' })
  }
}
