// Classifies the errors of PostgreSQL and of its client by their codes (PostgreSQL documentation, appendix A).

import { isOwnName } from '../column.ts'
import { ruleOfDatabase } from '../faults.ts'
import { StoreError, type StoreErrorCode } from '../store.ts'

interface PostgresError extends Error {
  readonly code?: string
  readonly detail?: string
  readonly hint?: string
  readonly constraint_name?: string
}

/** The connection is lost. It is unknown whether the statement in progress was done. */
export class ConnectionLost extends Error {}

/** Trying again will not help: the settings must be changed, or the server. */
export class Unusable extends Error {}

const byState: Readonly<Record<string, StoreErrorCode>> = {
  23505: 'unique',
  23503: 'reference',
  '23P01': 'rule',
  23514: 'value',
  P0001: 'rule',
  54000: 'tooLarge',
  40001: 'busy',
  '40P01': 'busy',
  '55P03': 'busy',
  57014: 'slow',
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

/** Codes of the client and of the operating system's sockets. */
const connectionCode = /^(?:CONNECT|E[A-Z]+$)/

export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  const { message, detail } = error as PostgresError
  const code = classify(error as PostgresError)
  const columns = code === 'unique' ? columnsOf(detail) : []
  const isOfTeam = code === 'rule' || code === 'value'
  const words = isOfTeam ? wordsOf(error as PostgresError) : message
  return new StoreError(code, words, { columns, cause: error })
}

/** The message and the hint of `raise` are written for people; that about a constraint is not. */
function wordsOf({ message, hint, constraint_name: rule }: PostgresError): string {
  if (rule) return ruleOfDatabase(rule)
  return hint ? `${message} ${hint}` : message
}

/** A violated check of the service's own is a fault, because values are validated before. */
function classify(error: PostgresError): StoreErrorCode {
  const { code = '', constraint_name: rule = '' } = error
  if (code === '23514' && isOwnName(rule)) return 'fault'
  return byState[code] ?? (isConnectionLoss(error) ? 'unavailable' : 'fault')
}

/** Whether the connection broke, so that it is unknown whether the statement in progress was done. */
export function isConnectionLoss(error: unknown): boolean {
  const { code = '' } = error as PostgresError
  if (error instanceof ConnectionLost) return true
  return connectionCode.test(code) || code.startsWith('08') || code.startsWith('57P')
}

/** Whether the error comes from the server, or from a pooler before it, and not from the network. */
export function isSaidByServer(error: unknown): boolean {
  // Poolers send the severity only in the server's language.
  return (
    /^[0-9A-Z]{5}$/.test((error as PostgresError).code ?? '') &&
    'severity_local' in (error as object)
  )
}

/**
 * Whether a server refuses the connection for good: 08P01 is about the messages sent; classes 22 and 42, a setting of the
 * session; 28, credentials; 3D, no such database.
 */
export function isRefusedForGood(error: unknown): boolean {
  if (error instanceof Unusable) return true
  return isSaidByServer(error) && /^(?:08P01|22|28|3D|42)/.test((error as PostgresError).code ?? '')
}

/** Whether the server may accept another way, with TLS or without, because it does not have or does not allow this one. */
export function isAboutEncryption(error: unknown): boolean {
  if (error instanceof Unusable) return true
  const { code = '' } = error as PostgresError
  return isSaidByServer(error)
    ? code === '28000' || code === '08P01'
    : /^(?:ERR_SSL|EPROTO)/.test(code)
}

/**
 * How long to wait, in ms, before the same transaction is tried again, which may then succeed; `undefined` if it will not.
 * The victim of a deadlock that began at once could lock the row again before the other one is woken up.
 */
export function pauseBeforeRetry(error: unknown): number | undefined {
  const code = (error as PostgresError | undefined)?.code
  if (code === '40001') return 0
  return code === '40P01' ? 100 : undefined
}

/** Whether the server accepts no writes, or no longer does. */
export function isReadOnly(error: unknown): boolean {
  return (error as PostgresError | undefined)?.code === '25006'
}

/** The columns in `Key (event_id, "userId")=(1, 2) already exists.`, whatever its language. */
function columnsOf(detail = ''): string[] {
  const list = /\((.*?)\)=\(/.exec(detail)?.[1] ?? ''
  return list === '' ? [] : list.split(', ').map(name => name.replaceAll('"', ''))
}

/** The error that was thrown first, also where a work let it through as a `StoreError`, or in an error of its own. */
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
