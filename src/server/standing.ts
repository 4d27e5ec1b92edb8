// Where the definition of this instance stands among those that the tables were brought to: its number, and whether it
// can still be served, because a later one may have changed the tables in a way that it cannot.

import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { Problem } from '../http/problem.ts'
import type { SqlValue } from '../resource/row.ts'
import { selectStanding } from '../store/migration/ledger.ts'
import { type Statement, type Store, StoreError } from '../store/store.ts'
import type { Start } from './start.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The number of the definition, which is part of the tags of what it shows. */
    definition: number
  }
}

export class Standing {
  /** Gives a row with the time at which the definition of this instance was withdrawn, or null, and its number. */
  readonly statement: Statement
  readonly #store: Store
  readonly #log: FastifyBaseLogger
  #isTold = false

  /** `fingerprint`: of the definition. */
  constructor(store: Store, fingerprint: string, log: FastifyBaseLogger) {
    this.statement = selectStanding(store.dialect, fingerprint)
    this.#store = store
    this.#log = log
  }

  async definition(): Promise<number> {
    const [[, position = 1] = []] = await this.#store.query(this.statement)
    return Number(position)
  }

  /** Throws 503 where the definition has been withdrawn. */
  require(withdrawn: SqlValue): void {
    if (withdrawn === null) return
    if (!this.#isTold)
      this.#log.error(
        { withdrawn },
        'the tables were changed for a later version: replace this instance by that one',
      )
    this.#isTold = true
    throw new Problem('unavailable', {
      detail:
        'The tables were changed for a later version of the service, which this instance is not.',
      headers: { 'retry-after': '1' },
    })
  }

  /** The cause of an error: a statement fails as our own fault where the tables have changed meanwhile. */
  async explain(error: unknown): Promise<unknown> {
    if (!(error instanceof StoreError) || error.code !== 'fault') return error
    try {
      const [[withdrawn = null] = []] = await this.#store.query(this.statement)
      this.require(withdrawn)
      return error
    } catch (reason) {
      return reason instanceof Problem ? reason : error
    }
  }
}

/** The number is known when the tables are as they should be, and before the first response. */
export function learnDefinition(app: FastifyInstance, standing: Standing, start?: Start): void {
  app.decorate('definition', 1)
  const learn = async () => {
    app.definition = await standing.definition()
  }
  if (start === undefined) app.addHook('onReady', learn)
  else start.finishWith(learn)
}
