// The PostgreSQL driver: one transaction for each work, started again where nothing of it can have happened.

import postgres from 'postgres'
import type { Row } from '../../resource/row.ts'
import {
  type Dialect,
  plain,
  type Session,
  type Statement,
  type Store,
  StoreError,
  type StoreLog,
  type Work,
  writeInQuery,
} from '../store.ts'
import { describeAddress, type Environment, parseAddress } from './address.ts'
import type { Connection } from './connection.ts'
import { ConnectionLost, isReadOnly, isTransient, toStoreError } from './errors.ts'
import { Pool } from './pool.ts'
import { scriptError, scriptToStatements } from './script.ts'
import { readTlsFiles } from './tls.ts'

export interface PostgresOptions {
  /** `postgres://user:password@host:5432,other:5432/database`; of several hosts the writable one is used. */
  readonly url: string
  readonly dialect: Dialect
  /** Connections at the most; 10 by default. */
  readonly connections?: number
  /** How long, in ms, to wait for a server that is not there yet when the process starts; not at all by default. */
  readonly startTimeout?: number
  /** Where `PGPASSWORD`, `PGSSLROOTCERT` and the like may say what the address does not. */
  readonly environment?: Environment
  readonly log?: StoreLog
  /** In ms, how long the server may say nothing to a statement that is not unhurried; 12 s by default. */
  readonly longestSilence?: number
}

const attempts = 3
/** Statements take their time, but none goes on for a client that is gone; not every system lets the server see that. */
const unlimited: readonly Statement[] = [
  plain(
    `select set_config('statement_timeout', '0', false), set_config('lock_timeout', '0', false)`,
  ),
  plain(
    `select set_config('client_connection_check_interval', '1s', false) where version() !~* 'mingw|visual c|windows'`,
  ),
]
const silence: StoreLog = { info() {}, warn() {}, error() {} }

export function openPostgres(options: PostgresOptions): Store {
  return new PostgresStore(options)
}

class PostgresStore implements Store {
  readonly dialect: Dialect
  readonly location: string
  readonly #pool: Pool

  constructor({
    dialect,
    connections = 10,
    startTimeout = 0,
    log = silence,
    ...options
  }: PostgresOptions) {
    this.dialect = dialect
    const address = parseAddress(options.url, options.environment)
    // Said at once, rather than by every attempt to connect.
    readTlsFiles(address.tls)
    this.location = describeAddress(address)
    const { longestSilence } = options
    this.#pool = new Pool({
      address,
      location: this.location,
      connections,
      startTimeout,
      log,
      longestSilence,
    })
  }

  query(statement: Statement): Promise<readonly Row[]> {
    if (statement.readOnly)
      return this.#attempt(false, connection => readOnly(connection, statement))
    return this.#attempt(true, connection => connection.run(statement))
  }

  transact<T>(work: () => Work<T>): Promise<T> {
    return this.#attempt(false, connection => inTransaction(connection, work()))
  }

  session<T>(task: (session: Session) => Promise<T>): Promise<T> {
    return this.#attempt(false, connection => inSession(connection, task))
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }

  async #attempt<T>(
    shared: boolean,
    task: (connection: Connection) => Promise<T>,
    left = attempts,
  ): Promise<T> {
    const connection = await this.#pool.take({ shared })
    try {
      return await task(connection)
    } catch (error) {
      // The server has become a standby: another one takes writes now.
      if (isReadOnly(cause(error))) connection.discard()
      if (left === 1 || !mayTryAgain(error))
        throw isDatabaseError(error) ? toStoreError(error) : error
    } finally {
      this.#pool.release(connection)
    }
    return this.#attempt(shared, task, left - 1)
  }
}

/** The first statement is sent with the `begin`: to wait for that would be a way there and back more. */
async function inTransaction<T>(
  connection: Connection,
  work: Work<T>,
  mode: 'begin' | 'begin read only' = 'begin',
): Promise<T> {
  const begun = begin(connection, mode)
  const [result] = await Promise.all([step(connection, work), begun]).catch(async error => {
    // What was not rolled back must not be used again.
    await connection.run(plain('rollback')).catch(() => connection.discard())
    throw error
  })
  await connection.commit().catch(error => {
    if (!(error instanceof ConnectionLost)) throw error
    throw new StoreError('unknown', `The connection broke during a commit: ${error.message}`, {
      cause: error,
    })
  })
  return result
}

/** What it sets is of the session, and so taken back. */
async function inSession<T>(
  connection: Connection,
  task: (session: Session) => Promise<T>,
): Promise<T> {
  try {
    for (const setting of unlimited) await connection.run(setting)
    return await task({
      run: statement => runStatement(connection, statement, true),
      transact: work => inTransaction(connection, work()),
    })
  } finally {
    await limitAgain(connection).catch(() => connection.discard())
  }
}

async function limitAgain(connection: Connection): Promise<void> {
  await connection.run(plain('reset client_connection_check_interval'))
  await connection.limit()
}

/** A statement of somebody else's, in a transaction in which the server refuses to write. */
async function readOnly(connection: Connection, statement: Statement): Promise<readonly Row[]> {
  const work = function* (): Work<readonly Row[]> {
    return yield statement
  }
  try {
    return await inTransaction(connection, work(), 'begin read only')
  } catch (error) {
    // Without its cause, by which the server would be taken for a standby.
    throw isReadOnly(cause(error)) ? writeInQuery(error) : error
  }
}

/** A server that refuses it may run what follows on its own: the work ends there, with the connection. */
async function begin(connection: Connection, mode: string): Promise<void> {
  await connection.run(plain(mode)).catch(error => {
    if (error instanceof ConnectionLost) throw error
    connection.discard()
    throw new StoreError('unknown', `A transaction did not begin: ${error.message}`, {
      cause: error,
    })
  })
}

/** Runs a work to its end: what a statement throws is thrown at its `yield`. */
async function step<T>(connection: Connection, work: Work<T>): Promise<T> {
  let unhurried = false
  let next = work.next([])
  while (!next.done) {
    unhurried ||= next.value.unhurried === true
    const outcome = await runStatement(connection, next.value, unhurried).then(
      rows => ({ rows }),
      (error: StoreError) => ({ error }),
    )
    next = 'rows' in outcome ? work.next(outcome.rows) : work.throw(outcome.error)
  }
  return next.value
}

/** Throws a `StoreError`. */
async function runStatement(
  connection: Connection,
  statement: Statement,
  unhurried: boolean,
): Promise<readonly Row[]> {
  try {
    if (!statement.script) return await connection.run(statement, { unhurried })
    for (const part of scriptToStatements(statement.text)) await connection.run(part, { unhurried })
    return []
  } catch (error) {
    throw statement.script ? scriptError(error) : toStoreError(error)
  }
}

/** Whether nothing of it has happened, and it may well succeed when it is tried once more. */
function mayTryAgain(error: unknown): boolean {
  if (error instanceof StoreError && error.code === 'unknown') return false
  const reason = cause(error)
  return reason instanceof ConnectionLost || isTransient(reason) || isReadOnly(reason)
}

function isDatabaseError(error: unknown): boolean {
  return error instanceof postgres.PostgresError || error instanceof ConnectionLost
}

/** What was thrown first, also where a work let it through as a `StoreError`, or in an error of its own. */
function cause(error: unknown): unknown {
  let first = error
  while (
    first instanceof Error &&
    !(first instanceof ConnectionLost) &&
    first.cause instanceof Error
  )
    first = first.cause
  return first
}
