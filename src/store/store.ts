// The contract between the engine and a database. A statement is a value until a driver takes it.

import type { PageSize } from '../query/page-size.ts'
import type { KindName } from '../resource/kinds.ts'
import type { Row, SqlValue } from '../resource/row.ts'

/** SQL text with the dialect's placeholders, and the values they stand for. */
export interface Statement {
  readonly text: string
  readonly values: readonly SqlValue[]
  /** Whether the text may hold several statements; then it takes no values and gives no rows. */
  readonly script?: boolean
  /** Lifts the driver's own limit on how long a statement may take, from this one to the end of the transaction. */
  readonly unhurried?: boolean
  /** Whether it is somebody else's: the database then refuses whatever would write, also within a work that writes. */
  readonly readOnly?: boolean
  /** Where its rows may be too large together: reading ends with the first row that does not fit on a page any more. */
  readonly size?: PageSize
}

/**
 * A unit of work: yields statements, is given their rows, returns its result. A driver runs it inside a transaction,
 * steps it synchronously or asynchronously as its database allows, and may start it again; so it does no other I/O.
 * A statement that fails throws its `StoreError` at the `yield`, and the transaction may be lost with it; what the work
 * throws rolls it back.
 */
export type Work<T> = Generator<Statement, T, readonly Row[]>

/** A statement without values. */
export function plain(text: string): Statement {
  return { text, values: [] }
}

/**
 * `serializable`: works have the effect that they would have one after the other, whatever rows they have read.
 * Otherwise that holds only for the rows that they lock. On SQLite works run one after the other in any case.
 */
export type Isolation = 'serializable'

export interface Store {
  readonly dialect: Dialect
  /** Where the data lies, for people. */
  readonly location: string
  /** Runs one reading statement outside of any transaction. */
  query(statement: Statement): Promise<readonly Row[]>
  /**
   * Runs the work in a transaction. When the promise is fulfilled, what it did is on disk; when it is rejected with
   * what the work threw or with a `StoreError`, nothing of it is, but for the code `unknown`.
   */
  transact<T>(work: () => Work<T>, isolation?: Isolation): Promise<T>
  /** Gives the task a session of its own. Where the session is lost, the task is begun again with another. */
  session<T>(task: (session: Session) => Promise<T>): Promise<T>
  /** Finishes what is under way and lets go of the database. */
  close(): Promise<void>
}

/** One session of the database, which nobody else uses meanwhile. */
export interface Session {
  /** Runs one statement outside of any transaction, for as long as it takes. */
  run(statement: Statement): Promise<readonly Row[]>
  transact<T>(work: () => Work<T>): Promise<T>
}

/** Where a store says what happens to its database. */
export interface StoreLog {
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

/** Is told how much of a long task is done. */
export type Progress = (done: number, total: number) => void

/**
 * How one engine's SQL differs from the other's; everything else is common to both.
 */
export interface Dialect {
  readonly name: 'sqlite' | 'postgres'
  /** The text of the nth bound value, from 1. */
  placeholder(n: number): string
  /** An expression for the next revision: grows with each write to the database. */
  readonly nextRevision: string
  /** The time so many seconds ago by the database's clock, in the form in which date-times are stored. */
  secondsAgo(seconds: string): string
  /** An expression for a UUID of random bits, another for each row. */
  readonly randomUuid: string
  /** Follows a select whose rows the transaction is about to change. */
  readonly forUpdate: string
  /** The same where they are only to stay as they are. */
  readonly forShare: string
  /** The column type of a kind of field. */
  readonly columnTypes: Readonly<Record<KindName, string>>
  booleanLiteral(value: boolean): string
  /** The definition of a key column whose values the server makes, never twice. */
  readonly serverMadeKey: string
  /** Lets the server make the values of a key that there is; nothing where tables are not altered. */
  addIdentity(table: string, column: string): readonly string[]
  /** Run before a row is inserted under a key that its caller chose, where the server makes the others. */
  beforeProposedKey(table: string, key: ProposedKey): readonly Statement[]
  /** Follows the closing parenthesis of `create table`. */
  readonly tableOptions: string
  /**
   * A select that gives the same rows up to the first that does not fit any more, and at least two. `texts` are
   * the quoted columns to measure, `bytes` binds
   * the size of a page. The same select where the driver stops by itself.
   */
  fitting(select: string, texts: readonly string[], bytes: () => string): string
  /** A column of an index, in the order in which lists are sorted: null first. */
  indexTerm(column: string, nullable: boolean): string
  /** A test that a column has one of several values; there are few texts of it, however many values there are. */
  oneOf(column: string, values: readonly SqlValue[], bind: Bind): string
  /** A test that the text `haystack` contains `needle`, taking both literally. */
  contains(haystack: string, needle: string): string
  /** A row of the table as one JSON object, its columns by their names. */
  rowToJson(table: string, columns: readonly { readonly name: string }[]): string
  /** Tests that a column holds values of its kind, for the kinds whose column type does not see to that. */
  readonly columnChecks: Readonly<Partial<Record<KindName, (column: string) => string>>>
  /**
   * How the value of a column becomes one of another kind, null staying null. A value that cannot become one is refused
   * by the database. Where there is none, the types are the same and so are the values, or all values would be lost.
   */
  readonly conversions: Conversions
  /** Gives a row with the reason where this database cannot be used, whatever it holds. */
  readonly unusable?: Statement
  /** Run first in each transaction of a migration. */
  readonly beforeMigration: readonly Statement[]
  /** How tables are changed while others use them; undefined where a migration has the database for itself. */
  readonly online?: Online
  /** Run in a database that has never been migrated. */
  readonly beforeFirstMigration: readonly string[]
  /**
   * Reads what there is, as rows of: table; `column`, `key` (a column of the primary key), `constraint`, `reference`
   * (its column), `index`, `trigger` or `unfinished`; its name; what else is to be known of it, as JSON (`migration/catalog.ts`).
   */
  readonly catalog: string
  /** Whether defaults, references and keys of a table can be altered; where not, the table is made anew. */
  readonly altersTables: boolean
  /** Whether changes of tables can be tried and taken back without making callers wait. */
  readonly triesChanges: boolean
}

export type Conversions = Readonly<
  Partial<Record<`${KindName} to ${KindName}`, (column: string) => string>>
>

export interface Online {
  /** Asks for the lock that one migration at a time holds, without waiting: a row with whether it was given. */
  readonly takeLock: Statement
  readonly releaseLock: Statement
  /** The sessions that hold that lock, as `holders` gives them. */
  readonly lockHolders: Statement
  /** The number of the session that runs it. */
  readonly sessionId: Statement
  /** The sessions that a session waits for, as `holders` gives them. */
  blockers(session: SqlValue): Statement
  /**
   * The sessions that have used one of the tables for longer than a lock is waited for, as rows of: its number, what it
   * calls itself, its user, and since when its transaction is open. Without tables: one of any.
   */
  holders(tables: readonly string[]): Statement
}

export interface ProposedKey {
  /** The name of the key's column. */
  readonly column: string
  readonly value: SqlValue
}

/**
 * `unique`, `reference`: a constraint is violated. `rule`: the database has a rule that no definition made (a trigger, an exclusion), and it refuses the write. `tooLarge`: an index cannot hold the values. `busy`: a lock or the server could not be had in time.
 * `full`: no room on the device. `unavailable`: the database cannot be reached, written or read.
 * `damaged`: what is stored cannot be what was stored. `unknown`: the connection broke during the commit. `fault`:
 * anything else, a fault of ours.
 */
export type StoreErrorCode =
  | 'unique'
  | 'reference'
  | 'rule'
  | 'tooLarge'
  | 'busy'
  | 'full'
  | 'unavailable'
  | 'damaged'
  | 'unknown'
  | 'fault'

export class StoreError extends Error {
  readonly code: StoreErrorCode
  /** With `unique`: the columns that must be unique together, where the database names them. */
  readonly columns: readonly string[]
  /** Whether the store has said so in its log: it says once what many requests meet. */
  readonly reported: boolean

  constructor(
    code: StoreErrorCode,
    message: string,
    options: { columns?: readonly string[]; cause?: unknown; reported?: boolean } = {},
  ) {
    super(message, { cause: options.cause })
    this.code = code
    this.columns = options.columns ?? []
    this.reported = options.reported ?? false
  }
}

/** Takes a value, gives its placeholder. */
export type Bind = (value: SqlValue) => string

/** Quotes an identifier; the only way for a name to enter SQL. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** Writes a text into SQL where no value can be bound: in a definition. */
export function literal(value: string | number | null): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)
}

/** What a caller is told of a rule that has a name and no words. */
export function ruleOfDatabase(name: string): string {
  return `A rule of the database does not allow it: ${name}.`
}

/** The fault of a query that may only read. */
export function writeInQuery(cause: unknown): StoreError {
  return new StoreError(
    'fault',
    `a query may only read, and this one would write (${(cause as Error).message})`,
  )
}

/** The fault of a script that would end the transaction in which it runs. */
export function endsTransaction(cause: unknown): StoreError {
  const advice =
    'begin, commit and rollback are left to the migration, which runs in one transaction'
  return new StoreError('fault', `${(cause as Error).message}: ${advice}`, { cause })
}
