// Which rows a caller sees, as a definition says it.

import type { Caller } from './caller.ts'
import type { Filters } from './db.ts'
import type { Sql } from './sql.ts'

/**
 * Gives, for a caller, filters as in an address, or a condition as SQL; true for every row, false for none. A filter may be
 * a claim: where the caller has none, there is no row. TypeScript refuses names that are no filters (`Only`).
 */
export type Visible<Row, Wanted = VisibleRows> = (caller: Caller) => Wanted & Only<Row, Wanted>

export type VisibleRows = boolean | Sql | { readonly [filter: string]: unknown }

type Only<Row, Wanted> = Wanted extends boolean | Sql
  ? Wanted
  : { readonly [F in keyof Wanted]: F extends keyof Filters<Row> ? unknown : never }
