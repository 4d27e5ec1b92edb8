// The PostgreSQL driver: a bounded pool by postgres.js, one transaction for each work.

import postgres, { type Sql, type TransactionSql } from 'postgres'
import type { Row } from '../../resource/row.ts'
import { type Dialect, type Statement, type Store, StoreError, type Work } from '../store.ts'
import { isConnectionLoss, isTransient, toStoreError } from './errors.ts'

export interface PostgresOptions {
  /** `postgres://user:password@host:5432,other:5432/database`; of several hosts the writable one is used. */
  readonly url: string
  readonly dialect: Dialect
  /** Connections at the most; 10 by default. */
  readonly connections?: number
}

/** How long, in ms, a statement may run and a lock be waited for. */
const statementTimeout = 10_000
const lockTimeout = 3_000
/** How many requests may wait for a connection before more are refused. */
const waitingPerConnection = 50
const attempts = 3

export function openPostgres(options: PostgresOptions): Store {
  return new PostgresStore(options)
}

class PostgresStore implements Store {
  readonly dialect: Dialect
  readonly location: string
  readonly #sql: Sql
  readonly #limit: number
  #underWay = 0

  constructor({ url, dialect, connections = 10 }: PostgresOptions) {
    this.dialect = dialect
    this.location = withoutPassword(url)
    this.#limit = connections * waitingPerConnection
    this.#sql = postgres(url, {
      max: connections,
      prepare: true,
      fetch_types: false,
      connect_timeout: 5,
      // Of several hosts, the one that takes writes: after a failover that is another one.
      target_session_attrs: 'read-write',
      connection: { application_name: 'restwell', statement_timeout: statementTimeout, lock_timeout: lockTimeout },
      onnotice: () => {},
      types: { bigint: checkedBigint, json: jsonText },
    })
  }

  /** Tried once more when a connection turns out to be lost: a read changes nothing. */
  query(statement: Statement): Promise<readonly Row[]> {
    return this.#admit(() =>
      run(this.#sql, statement).catch(error => {
        if (isConnectionLoss(error)) return run(this.#sql, statement)
        throw error
      }),
    )
  }

  transact<T>(work: () => Work<T>): Promise<T> {
    return this.#admit(() => this.#attempt(work, attempts))
  }

  async close(): Promise<void> {
    await this.#sql.end({ timeout: 5 })
  }

  async #attempt<T>(work: () => Work<T>, left: number): Promise<T> {
    let committing = false
    try {
      const result = await this.#sql.begin(async transaction => {
        const value = await step(transaction, work())
        committing = true
        return [value] as const
      })
      return result[0] as T
    } catch (error) {
      if (committing && isConnectionLoss(error))
        throw new StoreError('unknown', 'The connection broke during a commit.', { cause: error })
      if (isTransient(cause(error)) && left > 1) return this.#attempt(work, left - 1)
      throw error
    }
  }

  /** Rather refuse than let a queue grow without end. */
  async #admit<T>(task: () => Promise<T>): Promise<T> {
    if (this.#underWay >= this.#limit) throw new StoreError('busy', 'Too many requests wait for the database.')
    this.#underWay++
    try {
      return await task()
    } catch (error) {
      throw isDatabaseError(error) ? toStoreError(error) : error
    } finally {
      this.#underWay--
    }
  }
}

/** Runs a work to its end: what a statement throws is thrown at its `yield`. */
async function step<T>(transaction: TransactionSql, work: Work<T>): Promise<T> {
  let next = work.next([])
  while (!next.done) {
    const outcome = await run(transaction, next.value).then(
      rows => ({ rows }),
      error => ({ error: toStoreError(error) }),
    )
    next = 'rows' in outcome ? work.next(outcome.rows) : work.throw(outcome.error)
  }
  return next.value
}

async function run(sql: Sql | TransactionSql, { text, values, script }: Statement): Promise<readonly Row[]> {
  if (script) return sql.unsafe(text).then(() => [])
  const result = await sql.unsafe(text, values as never[], { prepare: true }).values()
  return Array.from(result as unknown as readonly Row[])
}

function isDatabaseError(error: unknown): boolean {
  return error instanceof postgres.PostgresError || isConnectionLoss(error)
}

/** What the driver threw, also where a work let it through as a `StoreError`. */
function cause(error: unknown): unknown {
  return error instanceof StoreError ? error.cause : error
}

/** Integers are numbers here; the schemas keep them within ±(2^53-1). */
const checkedBigint = {
  to: 20,
  from: [20],
  serialize: String,
  parse: (text: string) => {
    const value = Number(text)
    if (!Number.isSafeInteger(value)) throw new StoreError('fault', `The integer ${text} cannot be read exactly.`)
    return value
  },
}

/** JSON stays the text that it was stored as. */
const jsonText = { to: 114, from: [114], serialize: String, parse: (text: string) => text }

function withoutPassword(url: string): string {
  return url.replace(/^(\w+:\/\/[^:@/]*):[^@]*@/, '$1@')
}
