// Errors of a database, in the words of neither of the two.

/**
 * `unique`, `reference`: a constraint is violated. `rule`: a rule of the database's own (a trigger, an exclusion), which no
 * definition made, refuses the write. `value`: such a rule about the values of one row (a check). `tooLarge`: an index cannot
 * hold the values. `busy`: a lock or a connection was not granted in time. `slow`: a statement took too long. `full`: the disk
 * is full. `unavailable`: the database cannot be reached, written or read. `damaged`: the stored data has been damaged.
 * `unknown`: the connection broke during the commit. `fault`: any other error, which is a fault of the service.
 */
export const storeErrorCodes = [
  'unique',
  'reference',
  'rule',
  'value',
  'tooLarge',
  'busy',
  'slow',
  'full',
  'unavailable',
  'damaged',
  'unknown',
  'fault',
] as const

export type StoreErrorCode = (typeof storeErrorCodes)[number]

export class StoreError extends Error {
  readonly code: StoreErrorCode
  /** With `unique`: the columns that must be unique together, if the database names them. */
  readonly columns: readonly string[]
  /** Whether the store has logged it. A trouble that many requests meet is logged once. */
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
