// Prepared statements, which are kept while they are in use, and the values that may be bound to them.

import { takeFitting } from '../../query/page-size.ts'
import type { Row, SqlValue } from '../../resource/row.ts'
import { LruMap } from '../lru-map.ts'
import { type Statement, StoreError } from '../store.ts'

/** The part of node:sqlite's prepared statements that is used here. */
export interface PreparedStatement {
  readonly sourceSQL: string
  all(...values: Bindable[]): unknown[]
  iterate(...values: Bindable[]): Iterable<unknown>
}

type Bindable = null | number | string

interface Kept {
  readonly prepared: PreparedStatement
  readonly placeholders: number
}

/** The prepared statements of one connection, up to `limit`; the least recently used one is dropped. */
export class Statements {
  readonly #prepare: (text: string) => PreparedStatement
  readonly #kept: LruMap<string, Kept>

  constructor(prepare: (text: string) => PreparedStatement, limit = 500) {
    this.#prepare = prepare
    this.#kept = new LruMap(limit)
  }

  get size(): number {
    return this.#kept.size
  }

  /** Runs a statement to its end. Throws the errors of node:sqlite, or a `fault` for values that must not be bound. */
  run({ text, values, size }: Statement): readonly Row[] {
    const kept = this.#kept.get(text) ?? this.#add(text)
    const { prepared } = kept
    const bound = toBound(kept, { text, values })
    if (size === undefined) return prepared.all(...bound) as Row[]
    try {
      return takeFitting(size, prepared.iterate(...bound) as Iterable<Row>)
    } catch (error) {
      // An iterator that fails leaves its error in the statement, whose next one would begin with it.
      this.#kept.delete(text)
      throw error
    }
  }

  /** The rows of a statement, one by one. It is prepared anew, because until its end it cannot run again. */
  open({ text, values }: Statement): Iterator<Row> {
    const made = this.#make(text)
    const rows = made.prepared.iterate(...toBound(made, { text, values })) as Iterable<Row>
    return rows[Symbol.iterator]()
  }

  #add(text: string): Kept {
    const kept = this.#make(text)
    this.#kept.set(text, kept)
    return kept
  }

  #make(text: string): Kept {
    const numbers = placeholdersIn(text)
    const asked = numbers.every((number, index) => number === index + 1) ? unnumbered(text) : text
    const prepared = this.#prepare(asked)
    // SQLite compiles the first statement and silently ignores the rest, which would never run.
    if (asked.slice(prepared.sourceSQL.length).trim() !== '')
      throw fault(`more than one statement: ${text}`)
    return { prepared, placeholders: Math.max(0, ...numbers) }
  }
}

function toBound({ placeholders }: Kept, { text, values }: Statement): Bindable[] {
  if (values.length !== placeholders)
    throw fault(`${placeholders} values are needed, not ${values.length}: ${text}`)
  return values.map(toBindable)
}

const placeholder = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\?(\d+)/g

/** The numbers of the `?n`, in their order. node:sqlite does not tell how many there are, and binds null where a value is missing. */
function placeholdersIn(text: string): readonly number[] {
  return [...text.matchAll(placeholder)].flatMap(([, digits]) =>
    digits === undefined ? [] : [Number(digits)],
  )
}

/** For each value that it binds, node:sqlite goes through all placeholders that have a number: 128 rows would take ten times as long. */
function unnumbered(text: string): string {
  return text.replace(placeholder, (whole, digits) => (digits === undefined ? whole : '?'))
}

/** Checks a value, because node:sqlite silently binds NaN and undefined as null, and takes an object for named values. */
function toBindable(value: SqlValue): Bindable {
  if (value === null || typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw fault(`cannot be bound: ${typeof value === 'number' ? value : typeof value}`)
}

function fault(message: string): StoreError {
  return new StoreError('fault', message)
}
