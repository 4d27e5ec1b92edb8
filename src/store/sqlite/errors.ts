// SQLite's result codes (sqlite.org/rescode.html) as the engine's store errors.

import { StoreError, type StoreErrorCode } from '../store.ts'

/** What node:sqlite throws: `errcode` is the extended result code; faults of its caller carry none. */
interface SqliteError extends Error {
  readonly errcode?: number
}

const extended: Readonly<Record<number, StoreErrorCode>> = {
  787: 'reference', // CONSTRAINT_FOREIGNKEY
  1555: 'unique', // CONSTRAINT_PRIMARYKEY
  2067: 'unique', // CONSTRAINT_UNIQUE
  2579: 'unique', // CONSTRAINT_ROWID
}

const primary: Readonly<Record<number, StoreErrorCode>> = {
  5: 'busy', // BUSY
  6: 'busy', // LOCKED
  8: 'unavailable', // READONLY
  10: 'unavailable', // IOERR
  11: 'damaged', // CORRUPT
  13: 'full', // FULL
  14: 'unavailable', // CANTOPEN
  15: 'unavailable', // PROTOCOL
  26: 'damaged', // NOTADB
}

/** The store error for whatever a call of node:sqlite threw. */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  if (!(error instanceof Error)) return new StoreError('fault', String(error), { cause: error })
  const code = classify(error)
  const columns = code === 'unique' ? violatedColumns(error.message) : []
  return new StoreError(code, error.message, { columns, cause: error })
}

function classify({ errcode = 0, message }: SqliteError): StoreErrorCode {
  // `on delete restrict` is a trigger within SQLite and has the code of one; only the message tells it from others.
  if (errcode === 1811 && message === 'FOREIGN KEY constraint failed') return 'reference'
  return extended[errcode] ?? primary[errcode & 0xff] ?? 'fault'
}

/** SQLite names the columns in the message only; an index on expressions it calls by name. */
function violatedColumns(message: string): string[] {
  const list = /^UNIQUE constraint failed: (?!index ')(.+)$/.exec(message)?.[1]
  return list?.split(', ').map(column => column.slice(column.indexOf('.') + 1)) ?? []
}
