// Whether a server that takes writes is there, as far as is known: said once in the log when it changes.

import { StoreError, type StoreLog } from '../store.ts'
import { isRefusedForGood } from './errors.ts'

export interface PresenceOptions {
  /** Where the data lies, for people. */
  readonly location: string
  /** How long, in ms, to wait for a server that is not there yet when the process starts. */
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

  /** Whether a server that could not be had may yet come, because the process has only just started. */
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
    const message = `The database at ${this.#options.location} cannot be had: ${this.#reason || 'no answer yet'}`
    return new StoreError('unavailable', message, { reported: this.#state === 'away' })
  }
}
