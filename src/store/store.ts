// The contract between the engine and a database. A statement is a value until a driver takes it.

import type { Writing } from '../formats/stored-rows.ts'
import type { PageSize } from '../query/page-size.ts'
import type { KindName } from '../resource/kinds.ts'
import type { Row, SqlValue } from '../resource/row.ts'
import type { SearchSql } from './search-sql.ts'

/** SQL text with the dialect's placeholders, and the values they stand for. */
export interface Statement {
  readonly text: string
  readonly values: readonly SqlValue[]
  /** Whether the text may hold several statements; then it takes no values and gives no rows. */
  readonly script?: boolean
  /** Whether the driver's limit on the time of a statement is lifted, from this one to the end of the transaction. */
  readonly unhurried?: boolean
  /** Whether it is somebody else's: the database then refuses whatever would write, also within a work that writes. */
  readonly readOnly?: boolean
  /** Whether the work has nothing left to do when it succeeds, and then returns: the commit can be sent with it. */
  readonly last?: boolean
  /**
   * Where it locks a row that only the `last` statement of its work changes, if the row has the same revision then: the
   * statement without the lock. The last one returns a row if it has changed one.
   */
  readonly unlocked?: Statement
  /** Another statement, which a driver may try first: where it returns a row, the work is done with the result for that row. */
  readonly atOnce?: () => { statement: Statement; toResult: (row: Row) => unknown } | undefined
  /** Whether it may look at any number of rows: it then has the dialect's `inTime` among its conditions. */
  readonly timed?: boolean
  /** Whether it is known to take long, so that it is not begun where others would wait for it. */
  readonly isLong?: boolean
  /** Set where its rows may be too large together: reading then ends with the first row that no longer fits on a page. */
  readonly size?: PageSize
}

/**
 * A unit of work. It yields statements, gets their rows, and returns its result. A driver runs it inside a transaction,
 * step by step, and may start it again; so it does no other I/O.
 * A statement that fails throws its `StoreError` at the `yield`, and the transaction may be lost with it. An error that
 * the work throws rolls the transaction back.
 */
export type Work<T> = Generator<Statement, T, readonly Row[]>

/** A statement without values. */
export function plain(text: string): Statement {
  return { text, values: [] }
}

/** `serializable`: as if works ran one after the other, whatever they read; otherwise only as to what they lock. SQLite does so anyway. */
export type Isolation = 'serializable'

export {
  StoreError,
  type StoreErrorCode,
  storeErrorCodes,
} from './store-error.ts'

export interface Store {
  readonly dialect: Dialect
  /** Where the data is, for people. */
  readonly location: string
  /** Runs one statement that reads, outside of any transaction. */
  query(statement: Statement): Promise<readonly Row[]>
  /**
   * Runs the work in a transaction. When the promise is fulfilled, its changes are on disk. When it is rejected with the
   * error of the work or with a `StoreError`, nothing was changed, unless the code is `unknown`.
   */
  transact<T>(work: () => Work<T>, isolation?: Isolation): Promise<T>
  /** Called when requests arrive, where others write: what was written before is read from then on. */
  refresh?(): void
  /** Runs the work on one state of the database, which refuses whatever would write. */
  read<T>(work: () => Work<T>): Promise<T>
  /**
   * The rows of a statement that may be any number, in portions, from one state of the database: the next one is read while
   * its caller uses one. Its caller must go to the end, or end it. Throws a `TooManyStreams` where too many are being read.
   */
  stream(statement: Statement): AsyncGenerator<readonly Row[]>
  /** The same rows as a text in UTF-8. */
  streamText(statement: Statement, writing: Writing): AsyncGenerator<Uint8Array>
  /** Gives the task a session of its own. If the session is lost, the task is started again with another one. */
  session<T>(task: (session: Session) => Promise<T>): Promise<T>
  /** Gives the task a session beside the requests, for as long as it takes; it holds them up only while it has locks. */
  aside<T>(task: (session: Session) => Promise<T>): Promise<T>
  /** The present load. */
  load?(): StoreLoad
  /** How the write-ahead log of a file stands; undefined where there is none, and where another process watches it. */
  logState?(): LogState | undefined
  /** Finishes the works in progress and closes the database. */
  close(): Promise<void>
}

export interface StoreLoad {
  /** Of the connections to a server, how many are in use. */
  readonly connections: number
  /** The calls that wait for their turn. */
  readonly queue: number
}

export interface LogState {
  /** How often all of the log was moved into the file, and it began anew, since this process opened it. */
  readonly checkpoints: number
  /** In bytes, what is still to be moved. */
  readonly pending: number
}

/** A database session that nobody else uses meanwhile. */
export interface Session {
  /** Whether its transactions hold up all others, so that rows are gathered before them (`stage.ts`). */
  readonly gathers?: true
  /** Runs one statement outside of any transaction, for as long as it takes. */
  run(statement: Statement): Promise<readonly Row[]>
  transact<T>(work: () => Work<T>, isolation?: Isolation): Promise<T>
}

/** The log to which a store writes what happens to its database. */
export interface StoreLog {
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

/** Is told how much of a long task is done. */
export type Progress = (done: number, total: number) => void

/** How one engine's SQL differs from the other's; everything else is common to both. */
export interface Dialect {
  readonly name: 'sqlite' | 'postgres'
  /** The text of the nth bound value, from 1. */
  placeholder(n: number): string
  /** An expression for the next revision, which grows with each write to the database. */
  readonly nextRevision: string
  /** An expression for the time so many seconds ago by the clock of the database, in the form of stored date-times. */
  secondsAgo(seconds: string): string
  /** An expression for a UUID of random bits, a new one for each row. */
  readonly randomUuid: string
  /** The end of a select whose rows the transaction is about to change. */
  readonly forUpdate: string
  /** The same where they are only to stay as they are. */
  readonly forShare: string
  /** The column type of a kind of field. */
  readonly columnTypes: Readonly<Record<KindName, string>>
  booleanLiteral(value: boolean): string
  /** The definition of a key column whose values the server makes, each only once. */
  readonly serverMadeKey: string
  /** Statements that let the server make the values of an existing key; none where tables are not altered. */
  addIdentity(table: string, column: string): readonly string[]
  /** Statements to run before a row is inserted with a key that its caller chose, where the server makes the other keys. */
  beforeProposedKey(table: string, key: ProposedKey): readonly Statement[]
  /** The end of `create table`, after the closing parenthesis. */
  readonly tableOptions: string
  /** The same rows up to the first that no longer fits, and at least two. `texts`: the quoted columns to measure; `bytes` binds the size of a page. */
  fitting(select: string, texts: readonly string[], bytes: () => string): string
  /** How many rows a select would return, as its planner estimates it; undefined if there is no such estimate. */
  readonly estimate?: {
    text(select: string): string
    read(value: SqlValue): number
  }
  /** A condition that ends a statement which takes too long; undefined if the database does so by itself. */
  readonly inTime?: string
  /** The same query with that condition on each of these tables. */
  readonly timedSql?: (text: string, tables: readonly string[]) => string
  /** A column of an index in the order of sorted lists, which begin with null. */
  indexTerm(column: string, nullable: boolean): string
  /** A test that a column has one of several values. Its text varies little with their number, as texts are prepared. */
  oneOf(column: string, values: readonly SqlValue[], bind: Bind): string
  /** A test that a column with a list of texts has one of these in it. */
  includes(column: string, values: readonly SqlValue[], bind: Bind): string
  /** A test that the text `haystack` contains `needle`, both taken literally, or both in capitals as Unicode has them. */
  contains(haystack: string, needle: string, inCapitals: boolean): string
  readonly search: SearchSql
  /** The sum of integers; beyond 2^53 about that. */
  sumOf(column: string): string
  /** The Monday of the week of a date. */
  weekOf(date: string): string
  /** The values of a column, in order, as a JSON list: an expression. `from`: what follows the columns of the select. */
  listOf(column: string, from: string): string
  /** A table of keys: each as `_key`, with its place from 0 as `_of`. */
  inOrder(keys: readonly SqlValue[], areTexts: boolean, bind: Bind): string
  /** A join with those rows of a table whose keys a select gives, which may depend on the tables before it. */
  joinEach(table: string, key: string, select: string): string
  /** A row of the table as one JSON object, its columns by their names. */
  rowToJson(table: string, columns: readonly { readonly name: string }[]): string
  /** Tests that a column holds values of its kind, for the kinds whose column type does not ensure that. */
  readonly columnChecks: Readonly<Partial<Record<KindName, (column: string) => string>>>
  /**
   * How the value of a column becomes a value of another kind; null stays null. The database refuses a value that cannot
   * be converted. Without an entry, the values stay as they are if the types are the same, and otherwise would be lost.
   */
  readonly conversions: Conversions
  /** Returns a row with the reason if this database cannot be used, whatever it holds. */
  readonly unusable?: Statement
  /** Run first in each transaction of a migration. */
  readonly beforeMigration: readonly Statement[]
  /** How tables are changed while others use them; undefined if a migration has the database to itself. */
  readonly online?: Online
  /** Run in a database that has never been migrated. */
  readonly beforeFirstMigration: readonly string[]
  /**
   * Reads the existing tables, as rows of: table; `column`, `key` (a column of the primary key), `constraint`, `reference`
   * (its column), `index`, `trigger` or `unfinished`; its name; its details as JSON (`migration/catalog.ts`).
   */
  readonly catalog: string
  /** Whether defaults, references and keys of a table can be altered; if not, the table is rebuilt. */
  readonly altersTables: boolean
  /** Whether changes to tables can be tried and undone without making callers wait. */
  readonly triesChanges: boolean
}

export type Conversions = Readonly<
  Partial<Record<`${KindName} to ${KindName}`, (column: string) => string>>
>

export interface Online {
  /** Asks for the lock that one migration at a time holds, without waiting. Returns a row that says whether it was granted. */
  readonly takeLock: Statement
  readonly releaseLock: Statement
  /** The sessions that hold that lock, as `holders` returns them. */
  readonly lockHolders: Statement
  /** The number of the session that runs it. */
  readonly sessionId: Statement
  /** The sessions that a session waits for, as `holders` returns them. */
  blockers(session: SqlValue): Statement
  /**
   * The sessions that have used one of the tables for longer than a migration waits for a lock, as rows of: its number,
   * its name, its user, and the time since which its transaction is open. Without tables, it is any one session.
   */
  holders(tables: readonly string[]): Statement
}

export interface ProposedKey {
  /** The name of the key's column. */
  readonly column: string
  readonly value: SqlValue
}

/** Takes a value, and returns its placeholder. */
export type Bind = (value: SqlValue) => string

/** Quotes an identifier. This is the only way for a name to enter SQL. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** Writes a value into a definition in SQL, where no value can be bound. */
export function literal(value: string | number | null): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)
}
