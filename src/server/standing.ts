// Whether this instance can still serve: a later definition may have changed the tables in a way that it cannot.

import type { FastifyBaseLogger } from 'fastify'
import { Problem } from '../http/problem.ts'
import type { SqlValue } from '../resource/row.ts'
import { selectWithdrawal } from '../store/migration/ledger.ts'
import { type Statement, type Store, StoreError } from '../store/store.ts'

export class Standing {
  /** Gives a row with the time at which the definition of this instance was withdrawn, or null. */
  readonly statement: Statement
  readonly #store: Store
  readonly #log: FastifyBaseLogger
  #isTold = false

  /** `fingerprint`: of the definition. */
  constructor(store: Store, fingerprint: string, log: FastifyBaseLogger) {
    this.statement = selectWithdrawal(store.dialect, fingerprint)
    this.#store = store
    this.#log = log
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

  /** What an error comes from: a statement fails as a fault of ours where the tables are other ones now. */
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
