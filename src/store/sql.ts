// SQL of a definition's own as a statement.

import type { SqlValue } from '../resource/row.ts'
import type { Sql } from '../resource/sql.ts'
import type { Dialect, Statement } from './store.ts'

/** A statement that the database refuses if it would write. */
export function sqlToStatement(dialect: Dialect, { text, values }: Sql): Statement {
  const pieces = text.map((piece, index) =>
    index === 0 ? piece : dialect.placeholder(index) + piece,
  )
  return { text: pieces.join(''), values: values as readonly SqlValue[], readOnly: true }
}
