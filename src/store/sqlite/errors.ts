// SQLite's result codes (sqlite.org/rescode.html) as the engine's store errors.

import { isOwnName } from '../column.ts'
import { ruleOfDatabase } from '../faults.ts'
import { StoreError, type StoreErrorCode } from '../store.ts'

/** An error of node:sqlite. `errcode` is the extended result code; errors about a wrong call have none. */
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

/** The store error for an error that a call of node:sqlite threw. */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  if (!(error instanceof Error)) return new StoreError('fault', String(error), { cause: error })
  const code = classify(error)
  const columns = code === 'unique' ? violatedColumns(error.message) : []
  return new StoreError(code, code === 'value' ? checkMessage(error.message) : error.message, {
    columns,
    cause: error,
  })
}

/** Returns the value of a call of node:sqlite. Throws only `StoreError`. */
export function storeErrors<T>(call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw toStoreError(error)
  }
}

/** Whether a statement was refused because the connection may only read. */
export function isRefusedWrite(error: unknown): boolean {
  return (error as SqliteError).errcode === 8
}

function classify({ errcode = 0, message }: SqliteError): StoreErrorCode {
  // `on delete restrict` is a trigger within SQLite and has its code; only the message tells it from other triggers.
  if (errcode === 1811) return message === 'FOREIGN KEY constraint failed' ? 'reference' : 'rule'
  if (errcode === 275) return isOwnName(violatedCheck(message)) ? 'fault' : 'value'
  return extended[errcode] ?? primary[errcode & 0xff] ?? 'fault'
}

/** The name of a check, or its expression if it has no name. */
function violatedCheck(message: string): string {
  return message.replace(/^CHECK constraint failed: /, '')
}

function checkMessage(message: string): string {
  return ruleOfDatabase(violatedCheck(message))
}

/** SQLite names the columns in the message only; an index on expressions it calls by name. */
function violatedColumns(message: string): string[] {
  const list = /^UNIQUE constraint failed: (?!index ')(.+)$/.exec(message)?.[1]
  return list?.split(', ').map(column => column.slice(column.indexOf('.') + 1)) ?? []
}
