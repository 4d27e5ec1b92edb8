// What PostgreSQL and its driver throw, classified by code (PostgreSQL documentation, appendix A).

import { StoreError, type StoreErrorCode } from '../store.ts'

interface PostgresError extends Error {
  readonly code?: string
  readonly detail?: string
}

/** The connection is gone, and what was under way on it may or may not have happened. */
export class ConnectionLost extends Error {}

const byState: Readonly<Record<string, StoreErrorCode>> = {
  23505: 'unique',
  23503: 'reference',
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
  const { code = '', message, detail } = error as PostgresError
  const storeCode = byState[code] ?? (isConnectionLoss(error) ? 'unavailable' : 'fault')
  const columns = storeCode === 'unique' ? columnsOf(detail) : []
  return new StoreError(storeCode, message, { columns, cause: error })
}

/** Whether the connection broke, so that what was under way may or may not have happened. */
export function isConnectionLoss(error: unknown): boolean {
  const { code = '' } = error as PostgresError
  if (error instanceof ConnectionLost) return true
  return connectionCode.test(code) || code.startsWith('08') || code.startsWith('57P')
}

/** Whether it is an answer of the server, and no trouble on the way to it. */
export function isSaidByServer(error: unknown): boolean {
  return /^[0-9A-Z]{5}$/.test((error as PostgresError).code ?? '') && 'severity' in (error as object)
}

/** Whether a server will not let us in however often it is asked: class 28, credentials; 3D, no such database. */
export function isRefusedForGood(error: unknown): boolean {
  return isSaidByServer(error) && /^(?:28|3D)/.test((error as PostgresError).code ?? '')
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

export function messageOf(error: unknown): string {
  const { message, code } = error as PostgresError
  return message || code || String(error)
}
