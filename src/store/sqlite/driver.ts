// The SQLite driver: one connection of node:sqlite to one file.

import type { DatabaseSync } from 'node:sqlite'
import type { Writing } from '../../formats/stored-rows.ts'
import type { Row } from '../../resource/row.ts'
import { writeInQuery } from '../faults.ts'
import type { StoreObserver } from '../observer.ts'
import {
  type Dialect,
  type Session,
  type Statement,
  type Store,
  StoreError,
  type StoreLog,
  type Work,
} from '../store.ts'
import { toText } from '../streams.ts'
import type { Turns } from '../turns.ts'
import { Aside } from './aside.ts'
import { type LogWatch, watchLog } from './checkpoints.ts'
import { openDatabase } from './database.ts'
import { isRefusedWrite, toStoreError } from './errors.ts'
import { type Lock, locate, memory, prepareFile, takeLock } from './file.ts'
import { GroupCommit } from './group-commit.ts'
import { openingError } from './integrity.ts'
import { isBusy, logLock, whileBusy } from './lock-wait.ts'
import { LongReads, type ReadTimes, toReadHere, usualTimes } from './long-reads.ts'
import { Patience } from './patience.ts'
import { FilePresence } from './presence.ts'
import { RowStreams } from './row-streams.ts'
import { runScript } from './script.ts'
import { SharedRead } from './shared-read.ts'
import { holdSound, inspect } from './soundness.ts'
import { Statements } from './statements.ts'
import { readThrough, type SqliteConnection } from './transaction.ts'
import { WriteTurn } from './write-turn.ts'

export interface SqliteOptions {
  /** A path, whose folders are made as needed, or `:memory:`. */
  readonly file: string
  readonly dialect: Dialect
  /** How long, in ms, to wait for a lock of another process; 5000 by default. */
  readonly busyTimeout?: number
  readonly readTimes?: Partial<ReadTimes>
  /** Whether this process serves the file. Then no other process can, until it ends. */
  readonly exclusive?: boolean
  /** How many processes serve the file together, under the lock of another one; 1 by default. */
  readonly processes?: number
  /** The turns in which they write. */
  readonly turns?: Turns
  readonly log?: StoreLog
  readonly observer?: StoreObserver
}

const silence: StoreLog = { info() {}, warn() {}, error() {} }

/** Opens the database. Throws a `StoreError`, or an `Error` that tells the operator what to do. */
export function openSqlite(options: SqliteOptions): Store {
  const { busyTimeout = 5000, log = silence, processes = 1 } = options
  const times = { ...usualTimes, ...options.readTimes }
  const location = locate(options.file)
  const serving = options.exclusive === true && location !== memory
  let lock: Lock | undefined
  let db: DatabaseSync | undefined
  try {
    if (serving) lock = takeLock(location)
    const closedWell = serving && inspect(location)
    if (location !== memory) prepareFile(location)
    db = openDatabase(location, busyTimeout)
    if (lock) lock = holdSound(db, { location, closedWell, lock, log })
    return new SqliteStore(db, { ...options, location, lock, log, busyTimeout, times, processes })
  } catch (error) {
    db?.close()
    lock?.close()
    throw error instanceof StoreError ? openingError(location, error) : error
  }
}

interface Held extends Pick<SqliteOptions, 'dialect' | 'observer' | 'turns'> {
  readonly location: string
  readonly lock: Lock | undefined
  readonly log: StoreLog
  readonly busyTimeout: number
  readonly times: ReadTimes
  readonly processes: number
}

class SqliteStore implements Store {
  readonly dialect: Dialect
  readonly location: string
  readonly refresh?: () => void
  readonly load = () => ({ connections: 0, queue: this.#commits.waiting })
  readonly logState = () => (this.#closed ? undefined : this.#log?.state())
  readonly #db: DatabaseSync
  readonly #lock: Lock | undefined
  readonly #statements: Statements
  readonly #reads: SharedRead
  /** None for a database in memory, which nobody else can open. */
  readonly #longReads: LongReads | undefined
  readonly #streams: RowStreams | undefined
  readonly #aside: Aside | undefined
  readonly #commits: GroupCommit
  readonly #log: LogWatch | undefined
  readonly #busyTimeout: number
  #closed: Promise<void> | undefined

  constructor(db: DatabaseSync, held: Held) {
    const { dialect, location, lock, log, busyTimeout, observer, times, processes, turns } = held
    this.dialect = dialect
    this.location = location
    this.#db = db
    this.#lock = lock
    this.#busyTimeout = busyTimeout
    this.#statements = new Statements(text => db.prepare(text, { returnArrays: true }))
    const connect = (run: SqliteConnection['run']): SqliteConnection => ({
      run,
      get isTransaction() {
        return db.isTransaction
      },
    })
    this.#reads = new SharedRead(connect(statement => this.#run(statement)))
    const presence = location === memory ? undefined : new FilePresence(location, log)
    const patience = new Patience(db)
    if (presence !== undefined) {
      const before = () => presence.require()
      this.#longReads = new LongReads({ location, patience, times, processes, before })
      this.#streams = new RowStreams({ location, maxTime: times.beside, before })
      this.#aside = new Aside({ location, db, lockTimeout: busyTimeout, reads: this.#reads })
    }
    const soon = (statement: Statement) =>
      patience.during(times.inWrites, () => this.#run(statement))
    const inWrites = connect(one => (one.timed ? soon(one) : this.#run(one)))
    this.#commits = new GroupCommit(inWrites, {
      before: () => {
        this.#reads.end()
        presence?.require()
      },
      turn: turns && new WriteTurn(turns),
      lockTimeout: busyTimeout,
      wait: () => observer?.wait(),
      onLock: isHeld => logLock(log, location, isHeld),
    })
    // Of several processes, the one that holds the file watches it.
    this.#log = processes > 1 ? undefined : watchLog(db, location, this.#reads)
    if (processes > 1) this.refresh = () => this.#reads.refresh()
    db.function('next_revision', { directOnly: true }, () => this.#commits.nextRevision())
  }

  async query(statement: Statement): Promise<readonly Row[]> {
    this.#refuseWhenClosed()
    const once = () => this.#reads.read(statement)
    try {
      if (statement.timed && this.#longReads) return await this.#longReads.query(statement, once)
      return once()
    } catch (error) {
      if (!isBusy(error)) throw error
      return whileBusy(this.#busyTimeout, once)
    }
  }

  /** Its statements run within one turn, and so in one transaction, unless they take long. */
  async read<T>(work: () => Work<T>): Promise<T> {
    this.#refuseWhenClosed()
    const once = () =>
      readThrough(work(), statement => this.#reads.read(toReadHere(statement, this.#longReads)))
    try {
      return await (this.#longReads?.read(work, once) ?? once())
    } catch (error) {
      if (!isBusy(error)) throw error
      return whileBusy(this.#busyTimeout, once)
    }
  }

  /** A database in memory is read at once, because nobody else can open it. */
  async *stream(statement: Statement): AsyncGenerator<readonly Row[]> {
    this.#refuseWhenClosed()
    if (this.#streams === undefined) yield await this.query(statement)
    else yield* this.#streams.readRows(statement)
  }

  async *streamText(statement: Statement, writing: Writing): AsyncGenerator<Uint8Array> {
    this.#refuseWhenClosed()
    if (this.#streams === undefined) yield toText(await this.query(statement), writing)
    else yield* this.#streams.readText(statement, writing)
  }

  async transact<T>(work: () => Work<T>): Promise<T> {
    this.#refuseWhenClosed()
    return this.#commits.push(work)
  }

  session<T>(task: (session: Session) => Promise<T>): Promise<T> {
    return task({ run: statement => this.query(statement), transact: work => this.transact(work) })
  }

  async aside<T>(task: (session: Session) => Promise<T>): Promise<T> {
    this.#refuseWhenClosed()
    return this.#aside === undefined ? this.session(task) : this.#aside.run(task)
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  #run(statement: Statement): readonly Row[] {
    if (statement.readOnly) return this.#runReadOnly(statement)
    try {
      if (statement.script) return runScript(this.#db, statement.text)
      return this.#statements.run(statement)
    } catch (error) {
      throw toStoreError(error)
    }
  }

  #runReadOnly(statement: Statement): readonly Row[] {
    this.#db.exec('pragma query_only = on')
    try {
      return this.#statements.run(statement)
    } catch (error) {
      throw isRefusedWrite(error) ? writeInQuery(error) : toStoreError(error)
    } finally {
      this.#db.exec('pragma query_only = off')
    }
  }

  async #close(): Promise<void> {
    try {
      await this.#commits.drain()
      await this.#longReads?.close()
      await this.#streams?.close()
      await this.#aside?.close()
      this.#reads.end()
      // This is a courtesy, so that the file alone is the database. It need not wait for processes that use it.
      this.#db.exec('pragma wal_checkpoint(truncate)')
    } catch (error) {
      // On a full disk the log keeps its contents, and the next start reads them.
      if (toStoreError(error).code !== 'full') throw toStoreError(error)
    } finally {
      this.#db.close()
      this.#lock?.close()
    }
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new StoreError('unavailable', `${this.location} has been closed`)
  }
}
