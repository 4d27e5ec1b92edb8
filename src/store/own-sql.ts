// SQL of a definition's own as a statement.

import type { SqlValue } from '../resource/row.ts'
import type { Sql } from '../resource/sql.ts'
import type { Dialect, Statement } from './store.ts'

export class OwnSql {
  readonly #dialect: Dialect
  readonly #tables: readonly string[]
  /** By the pieces of a template, which are the same each time that its code runs. */
  readonly #texts = new WeakMap<readonly string[], string>()

  /** `tables`: the names of those that it may ask. */
  constructor(dialect: Dialect, tables: readonly string[]) {
    this.#dialect = dialect
    this.#tables = tables
  }

  /** A statement that the database refuses if it would write, and that ends when it takes too long. */
  toStatement({ text: pieces, values }: Sql): Statement {
    let text = this.#texts.get(pieces)
    if (text === undefined) {
      text = this.#toText(pieces)
      this.#texts.set(pieces, text)
    }
    const timed = this.#dialect.inTime !== undefined
    return { text, values: values as readonly SqlValue[], readOnly: true, timed }
  }

  #toText(pieces: readonly string[]): string {
    const { placeholder, timedSql } = this.#dialect
    const text = pieces.map((piece, index) => (index === 0 ? piece : placeholder(index) + piece))
    return timedSql === undefined ? text.join('') : timedSql(text.join(''), this.#tables)
  }
}
