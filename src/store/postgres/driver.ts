// The PostgreSQL driver: one transaction for each work, which is started again if nothing of it can have happened.

import postgres from 'postgres'
import type { Writing } from '../../formats/stored-rows.ts'
import type { Row } from '../../resource/row.ts'
import type { StoreObserver } from '../observer.ts'
import {
  type Dialect,
  type Isolation,
  plain,
  type Session,
  type Statement,
  type Store,
  StoreError,
  type StoreLoad,
  type StoreLog,
  type Work,
} from '../store.ts'
import { maxStreams, TooManyStreams } from '../streams.ts'
import { describeAddress, type Environment, parseAddress } from './address.ts'
import { type Begun, begin, mayBeAlone, performAlone, type Runner } from './alone.ts'
import type { Connection } from './connection.ts'
import { Contenders } from './contenders.ts'
import { ConnectionLost, firstCause, isReadOnly, pauseBeforeRetry, toStoreError } from './errors.ts'
import { Pool } from './pool.ts'
import { streamRows, streamText } from './row-stream.ts'
import type { Use } from './sharing.ts'
import { readTlsFiles } from './tls.ts'
import { inTransaction, type Mode, readAlone, runAlone, runStatement } from './transaction.ts'
import { WaitingLine } from './waiting-line.ts'

export interface PostgresOptions {
  /** `postgres://user:password@host:5432,other:5432/database`; of several hosts the writable one is used. */
  readonly url: string
  readonly dialect: Dialect
  /** The maximum number of connections; 10 by default. */
  readonly connections?: number
  /** In ms, how long to wait at the start for a server that is not reachable yet; not at all by default. */
  readonly startTimeout?: number
  /** The variables (`PGPASSWORD`, `PGSSLROOTCERT`, …) that complete the address. */
  readonly environment?: Environment
  readonly log?: StoreLog
  readonly observer?: StoreObserver
  /** In ms, how long the server may be silent during a statement that is not unhurried; 12 s by default. */
  readonly longestSilence?: number
}

const attempts = 3
/** Of a work that has nothing locked: whatever it has read may have been changed meanwhile. */
const optimisticAttempts = 30
/** Statements may take any time, but stop when their client is gone, if the server's system can detect that. */
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
  /** How many long results are read at a time: each takes a connection from the others. */
  readonly #maxStreams: number
  #streams = 0
  readonly #contenders = new Contenders(error => pauseBeforeRetry(firstCause(error)))
  readonly #runner: Runner = {
    // Beside other writes: if reads took connections from them, each would have fewer.
    read: statement => this.#attempt('write', connection => connection.run(statement)),
    write: statement => this.#attempt('write', connection => runAlone(connection, statement)),
  }

  constructor({
    dialect,
    connections = 10,
    startTimeout = 0,
    log = silence,
    ...options
  }: PostgresOptions) {
    this.dialect = dialect
    this.#maxStreams = Math.max(1, Math.min(maxStreams, Math.floor(connections / 3)))
    const address = parseAddress(options.url, options.environment)
    // A mistake is reported at once, rather than by every attempt to connect.
    readTlsFiles(address.tls)
    this.location = describeAddress(address)
    const { longestSilence, observer } = options
    this.#pool = new Pool({
      address,
      location: this.location,
      connections,
      startTimeout,
      log,
      longestSilence,
      line: new WaitingLine(() => observer?.wait()),
    })
  }

  query(statement: Statement): Promise<readonly Row[]> {
    if (statement.readOnly)
      return this.#attempt('own', connection => readAlone(connection, statement))
    return this.#attempt('read', connection => connection.run(statement))
  }

  transact<T>(work: () => Work<T>, isolation?: Isolation): Promise<T> {
    if (isolation === undefined) return this.#contenders.run(() => this.#perform(work), attempts)
    const mode = modeOf(isolation)
    return this.#contenders.run(() => this.#transact(() => begin(work()), mode), optimisticAttempts)
  }

  async #perform<T>(work: () => Work<T>): Promise<T> {
    const begun = begin(work())
    const isAlone = mayBeAlone(begun)
    const done = isAlone ? await performAlone(begun, this.#runner) : undefined
    if (done !== undefined) return done.result
    let next: Begun<T> | undefined = isAlone ? undefined : begun
    const start = () => {
      const started = next ?? begin(work())
      next = undefined
      return started
    }
    return this.#transact(start, 'begin')
  }

  #transact<T>(start: () => Begun<T>, mode: Mode): Promise<T> {
    return this.#attempt('own', connection => inTransaction(connection, start(), mode))
  }

  read<T>(work: () => Work<T>): Promise<T> {
    const mode = 'begin isolation level repeatable read read only'
    return this.#transact(() => begin(work()), mode)
  }

  stream(statement: Statement): AsyncGenerator<readonly Row[]> {
    return this.#stream(connection => streamRows(connection, statement))
  }

  streamText(statement: Statement, writing: Writing): AsyncGenerator<Uint8Array> {
    return this.#stream(connection => streamText(connection, statement, writing))
  }

  async *#stream<T>(read: (connection: Connection) => AsyncGenerator<T>): AsyncGenerator<T> {
    if (this.#streams >= this.#maxStreams) throw new TooManyStreams()
    this.#streams++
    try {
      const connection = await this.#pool.take('own')
      try {
        yield* read(connection)
      } finally {
        this.#pool.release(connection)
      }
    } catch (error) {
      throw isDatabaseError(error) ? toStoreError(error) : error
    } finally {
      this.#streams--
    }
  }

  session<T>(task: (session: Session) => Promise<T>): Promise<T> {
    return this.#contenders.run(
      () => this.#attempt('own', connection => inSession(connection, task)),
      attempts,
    )
  }

  aside<T>(task: (session: Session) => Promise<T>): Promise<T> {
    return this.session(task)
  }

  load(): StoreLoad {
    return this.#pool.load()
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }

  async #attempt<T>(
    use: Use,
    task: (connection: Connection) => Promise<T>,
    left = attempts,
  ): Promise<T> {
    const connection = await this.#pool.take(use)
    try {
      return await task(connection)
    } catch (error) {
      // The server has become a standby, and another one accepts writes now.
      if (isReadOnly(firstCause(error))) this.#pool.retire(connection.host)
      if (left === 1 || !mayTryAgain(error))
        throw isDatabaseError(error) ? toStoreError(error) : error
    } finally {
      this.#pool.release(connection)
    }
    return this.#attempt(use, task, left - 1)
  }
}

function modeOf(isolation: Isolation | undefined): Mode {
  return isolation === undefined ? 'begin' : `begin isolation level ${isolation}`
}

/** Restores the settings afterwards, because they belong to the session. */
async function inSession<T>(
  connection: Connection,
  task: (session: Session) => Promise<T>,
): Promise<T> {
  try {
    for (const setting of unlimited) await connection.run(setting)
    return await task({
      run: statement => runStatement(connection, statement, true),
      transact: (work, isolation) => inTransaction(connection, begin(work()), modeOf(isolation)),
    })
  } finally {
    await limitAgain(connection).catch(() => connection.discard())
  }
}

async function limitAgain(connection: Connection): Promise<void> {
  await connection.run(plain('reset client_connection_check_interval'))
  await connection.limit()
}

/** Whether nothing of it has happened, and it may well succeed on another connection. */
function mayTryAgain(error: unknown): boolean {
  if (error instanceof StoreError && error.code === 'unknown') return false
  const reason = firstCause(error)
  return reason instanceof ConnectionLost || isReadOnly(reason)
}

function isDatabaseError(error: unknown): boolean {
  return error instanceof postgres.PostgresError || error instanceof ConnectionLost
}
