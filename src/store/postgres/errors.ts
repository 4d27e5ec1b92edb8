// What PostgreSQL and its driver throw, classified by code (PostgreSQL documentation, appendix A).

import { isOwnName } from '../column.ts'
import { ruleOfDatabase, StoreError, type StoreErrorCode } from '../store.ts'

interface PostgresError extends Error {
  readonly code?: string
  readonly detail?: string
  readonly constraint_name?: string
}

/** The connection is gone, and what was under way on it may or may not have happened. */
export class ConnectionLost extends Error {}

/** A server that is no use to us, however often it is asked: the settings must be changed, or the server. */
export class Unusable extends Error {}

const byState: Readonly<Record<string, StoreErrorCode>> = {
  23505: 'unique',
  23503: 'reference',
  '23P01': 'rule',
  23514: 'rule',
  P0001: 'rule',
  54000: 'tooLarge',
  40001: 'busy',
  '40P01': 'busy',
  '55P03': 'busy',
  57014: 'busy',
  53300: 'busy',
  53100: 'full',
  25006: 'unavailable',
  '57P01': 'unavailable',
  '57P02': 'unavailable',
  '57P03': 'unavailable',
  '57P05': 'unavailable',
  58030: 'unavailable',
  XX001: 'damaged',
  XX002: 'damaged',
}

/** Codes of the driver and of the operating system's sockets. */
const connectionCode = /^(?:CONNECT|E[A-Z]+$)/

export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  const { message, detail, constraint_name: rule } = error as PostgresError
  const code = classify(error as PostgresError)
  const columns = code === 'unique' ? columnsOf(detail) : []
  // What `raise` says is for people already, unless it names a constraint itself.
  const words = code === 'rule' && rule ? ruleOfDatabase(rule) : message
  return new StoreError(code, words, { columns, cause: error })
}

/** Our own checks hold what was validated before: one that is violated is a fault. */
function classify(error: PostgresError): StoreErrorCode {
  const { code = '', constraint_name: rule = '' } = error
  if (code === '23514' && isOwnName(rule)) return 'fault'
  return byState[code] ?? (isConnectionLoss(error) ? 'unavailable' : 'fault')
}

/** Whether the connection broke, so that what was under way may or may not have happened. */
export function isConnectionLoss(error: unknown): boolean {
  const { code = '' } = error as PostgresError
  if (error instanceof ConnectionLost) return true
  return connectionCode.test(code) || code.startsWith('08') || code.startsWith('57P')
}

/** Whether it is an answer of the server, or of a pooler before it, and no trouble on the way there. */
export function isSaidByServer(error: unknown): boolean {
  // Poolers give the severity in the server's language only.
  return (
    /^[0-9A-Z]{5}$/.test((error as PostgresError).code ?? '') &&
    'severity_local' in (error as object)
  )
}

/**
 * Whether a server will not let us in however often it is asked: 08P01, what it was sent; class 22 and 42, a setting of the
 * session; 28, credentials; 3D, no such database.
 */
export function isRefusedForGood(error: unknown): boolean {
  if (error instanceof Unusable) return true
  return isSaidByServer(error) && /^(?:08P01|22|28|3D|42)/.test((error as PostgresError).code ?? '')
}

/** Whether the server may let us in by another way, with TLS or without: this one it has not, or knows nobody by it. */
export function isAboutEncryption(error: unknown): boolean {
  if (error instanceof Unusable) return true
  const { code = '' } = error as PostgresError
  return isSaidByServer(error)
    ? code === '28000' || code === '08P01'
    : /^(?:ERR_SSL|EPROTO)/.test(code)
}

/** Whether the same transaction may well succeed when it is tried again. */
export function isTransient(error: unknown): boolean {
  const code = (error as PostgresError | undefined)?.code
  return code === '40001' || code === '40P01'
}

/** Whether the server takes no writes, or not any more. */
export function isReadOnly(error: unknown): boolean {
  return (error as PostgresError | undefined)?.code === '25006'
}

/** From `Key (event_id, "userId")=(1, 2) already exists.`, in whatever language. */
function columnsOf(detail = ''): string[] {
  const list = /\((.*?)\)=\(/.exec(detail)?.[1] ?? ''
  return list === '' ? [] : list.split(', ').map(name => name.replaceAll('"', ''))
}

/** What was thrown first, also where a work let it through as a `StoreError`, or in an error of its own. */
export function firstCause(error: unknown): unknown {
  let first = error
  while (
    first instanceof Error &&
    !(first instanceof ConnectionLost) &&
    first.cause instanceof Error
  )
    first = first.cause
  return first
}

export function messageOf(error: unknown): string {
  const { message, code } = error as PostgresError
  return message || code || String(error)
}
