// The statements for imports. The clock of the database says how old things are, because instances may have clocks that differ.

import type { SqlValue } from '../resource/row.ts'
import { type Dialect, quote, type Statement } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import type { ImportState } from './import-record.ts'

/** In seconds, how long the work on an import may be silent until another instance takes it over. */
export const lease = 10
/** How many attempts to store an import may end with the process that made them, until it has failed. */
export const maxAttempts = 3

/** The tables, and the statements for them. */
export class ImportTables {
  readonly imports: Table
  readonly parts: Table
  readonly #dialect: Dialect

  constructor(tableOf: (name: string) => Table) {
    this.imports = tableOf('imports')
    this.parts = tableOf('import_parts')
    this.#dialect = this.imports.dialect
  }

  selectPart(upload: string, number: number): Statement {
    return this.#statement(
      bind =>
        `select "text" from "import_parts" where "upload" = ${bind(upload)} and "number" = ${bind(number)}`,
    )
  }

  insertPart(upload: string, number: number, text: string): Statement {
    return this.#statement(
      bind =>
        'insert into "import_parts" ("upload", "number", "created_at", "text", "_rev") ' +
        `values (${bind(upload)}, ${bind(number)}, ${this.#now}, ${bind(text)}, ${this.#dialect.nextRevision})`,
    )
  }

  /** Deletes the first parts of a text. Returns a row for each. */
  deleteParts(upload: string, limit: number): Statement {
    return this.#statement(
      bind =>
        'delete from "import_parts" where "id" in (select "id" from "import_parts" ' +
        `where "upload" = ${bind(upload)} order by "number" limit ${bind(limit)}) returning 1`,
    )
  }

  /** The texts of imports that have ended, or that never became one. */
  selectUseless(limit: number): Statement {
    return this.#statement(
      bind =>
        'select distinct "upload" from "import_parts" as "part" where not exists ' +
        '(select 1 from "imports" where "imports"."upload" = "part"."upload" and "ended_at" is null) ' +
        `and "created_at" < ${this.#dialect.secondsAgo(bind(3600))} limit ${bind(limit)}`,
    )
  }

  /** How many bytes wait to be stored. */
  readonly selectWaiting: Statement = {
    text: 'select coalesce(sum("size"), 0) from "imports" where "ended_at" is null',
    values: [],
  }

  /** Finds the oldest import that nobody works on. */
  selectFree(): Statement {
    return this.#statement(bind => this.#free(bind(lease)))
  }

  /** Takes it. Returns its record. */
  claim(runner: string): Statement {
    return this.#statement(bind =>
      this.#update(
        [
          ['state', `'running'`],
          ['runner', bind(runner)],
          ['heard_at', this.#now],
          ['started_at', `coalesce("started_at", ${this.#now})`],
          ['rows_read', '0'],
          ['attempts', '"attempts" + 1'],
        ],
        `"id" = (${this.#free(bind(lease))}) and ${this.#isFree(bind(lease))}`,
      ),
    )
  }

  /** Says that it is still worked on. Returns nothing when it was cancelled, or when somebody else has it. */
  renew(id: SqlValue, runner: string, rows: number): Statement {
    return this.#statement(bind =>
      this.#update(
        [
          ['heard_at', this.#now],
          ['rows_read', bind(rows)],
        ],
        this.#isRunBy(bind, id, runner),
      ),
    )
  }

  /** Gives it back, for another instance to begin with. That was no attempt: the process is well. */
  release(id: SqlValue, runner: string): Statement {
    return this.#statement(bind =>
      this.#update(
        [
          ['state', `'waiting'`],
          ['rows_read', '0'],
          ['attempts', '"attempts" - 1'],
        ],
        this.#isRunBy(bind, id, runner),
      ),
    )
  }

  /** Ends it. Returns nothing when it is no longer this runner's. */
  end(id: SqlValue, runner: string, outcome: Outcome): Statement {
    return this.#statement(bind =>
      this.#update(
        [
          ['ended_at', this.#now],
          ...Object.entries(outcome).map(
            ([name, value]) =>
              [name, bind(typeof value === 'object' ? JSON.stringify(value) : value)] as const,
          ),
        ],
        this.#isRunBy(bind, id, runner),
      ),
    )
  }

  cancel(id: SqlValue): Statement {
    return this.#statement(bind =>
      this.#update(
        [
          ['state', `'cancelled'`],
          ['ended_at', this.#now],
        ],
        `"id" = ${bind(id)} and "ended_at" is null`,
      ),
    )
  }

  /** Forgets what ended so many seconds ago. */
  forget(seconds: number, limit: number): Statement {
    return this.#statement(bind => {
      const before = this.#dialect.secondsAgo(bind(seconds))
      return (
        `delete from "imports" where "id" in (select "id" from "imports" where "ended_at" < ${before} ` +
        `order by "id" limit ${bind(limit)}) returning 1`
      )
    })
  }

  get #now(): string {
    return this.#dialect.secondsAgo('0')
  }

  #free(seconds: string): string {
    return `select "id" from "imports" where ${this.#isFree(seconds)} order by "id" limit 1`
  }

  #isFree(seconds: string): string {
    const before = this.#dialect.secondsAgo(seconds)
    return `("state" = 'waiting' or ("state" = 'running' and "heard_at" < ${before}))`
  }

  #isRunBy(bind: (value: SqlValue) => string, id: SqlValue, runner: string): string {
    return `"id" = ${bind(id)} and "state" = 'running' and "runner" = ${bind(runner)}`
  }

  #update(assignments: readonly (readonly [string, string])[], condition: string): string {
    const sets = assignments.map(([name, term]) => `${quote(name)} = ${term}`)
    return (
      `update "imports" set ${[...sets, `"_rev" = ${this.#dialect.nextRevision}`].join(', ')} ` +
      `where ${condition} returning ${this.imports.text.returned}`
    )
  }

  #statement(toText: (bind: (value: SqlValue) => string) => string): Statement {
    const values: SqlValue[] = []
    const text = toText(value => this.#dialect.placeholder(values.push(value)))
    return { text, values }
  }
}

/** How an import ended. */
export type Outcome = Readonly<Record<string, SqlValue | readonly object[]>> & {
  readonly state: ImportState
}
