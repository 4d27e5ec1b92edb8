// Hooks: what a definition does around every write of its rows.

import type { Caller } from './caller.ts'
import type { Asking, Db } from './db.ts'

/** A write. `before` is the row as it was stored; `after` is the row about to be stored, or once it is stored, that row. */
export type Change<Row> = { readonly now: Date; readonly caller: Caller } & (
  | { readonly operation: 'create' | 'restore'; readonly before?: undefined; readonly after: Row }
  | { readonly operation: 'replace' | 'update'; readonly before: Row; readonly after: Row }
  | { readonly operation: 'delete'; readonly before: Row; readonly after?: undefined }
)

export interface Log {
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

/**
 * The first two run inside the transaction, which may be started again, so all that they do, they do by `db`. A hook that
 * asks `db` is a generator (`*beforeWrite`). A `Refusal` that one throws refuses the write, and nothing is stored.
 */
export interface Hooks<Row> {
  /** May return members to change. */
  beforeWrite?(change: Change<Row> & { readonly db: Db }): Asking<Partial<Row> | void>
  /** Runs when the row is stored, or deleted, and its key is known. */
  afterWrite?(change: Change<Row> & { readonly db: Db }): Asking<void>
  /** Runs after the commit and may do I/O. The response does not wait for it; what it throws is logged. */
  afterCommit?(change: Change<Row>, log: Log): void | Promise<void>
}

const GeneratorFunction = Object.getPrototypeOf(function* () {}).constructor

/** Whether code is a generator function, which can ask `db`. */
export function isGenerator(code: unknown): boolean {
  return code instanceof GeneratorFunction
}

/** Whether a value is a promise. If it is, its rejection is handled, because it must not end the process. */
export function isPromise(value: unknown): boolean {
  const { then } = Object(value)
  if (typeof then !== 'function') return false
  Promise.resolve(value).catch(() => {})
  return true
}

/** 403 when this caller may not do it, 409 when it conflicts with the state, 422 when the values are wrong. */
type RefusalStatus = 403 | 409 | 422

/** Thrown by a hook, an action or a view to refuse a request. */
export class Refusal extends Error {
  readonly status: RefusalStatus
  readonly field: string | undefined

  constructor(status: RefusalStatus, detail: string, field?: string) {
    super(detail)
    this.status = status
    this.field = field
  }
}
