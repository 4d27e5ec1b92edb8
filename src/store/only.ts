// The smallest work.

import type { Row } from '../resource/row.ts'
import type { Statement, Work } from './store.ts'

/** A work of one statement. */
export function* only(statement: Statement): Work<readonly Row[]> {
  return yield statement
}
