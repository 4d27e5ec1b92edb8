// Code of a plugin that asks the database.

import type { Caller } from './caller.ts'
import type { Asking, Reading } from './db.ts'
import type { Log } from './hooks.ts'

/** Code that may ask `db`; then it is a generator. It may be started again. */
export type OwnWork<D extends Reading, T> = (given: {
  readonly caller: Caller
  readonly now: Date
  readonly log: Log
  readonly db: D
}) => Asking<T>
