// What a service writes into its log, kept for a test.

import { pino } from 'pino'

export interface Entry {
  /** pino's number: 30 info, 40 warn, 50 error. */
  readonly level: number
  readonly msg: string
  readonly event?: string
  readonly [member: string]: unknown
}

export class LogLines {
  readonly #lines: string[] = []
  readonly logger = pino({ level: 'info' }, { write: line => void this.#lines.push(line) })

  /** The lines since the last time. */
  take(): Entry[] {
    return this.#lines.splice(0).map(line => JSON.parse(line))
  }
}
