// What PostgreSQL and its driver throw, classified by code (PostgreSQL documentation, appendix A).

import { StoreError, type StoreErrorCode } from '../store.ts'

interface PostgresError extends Error {
  readonly code?: string
  readonly detail?: string
}

const byState: Readonly<Record<string, StoreErrorCode>> = {
  23505: 'unique',
  23503: 'reference',
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
  XX001: 'unavailable',
  XX002: 'unavailable',
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
  return connectionCode.test(code) || code.startsWith('08') || code.startsWith('57P')
}

/** Whether the same transaction may well succeed when it is tried again. */
export function isTransient(error: unknown): boolean {
  const { code } = error as PostgresError
  return code === '40001' || code === '40P01'
}

/** From `Key (event_id, "userId")=(1, 2) already exists.`, in whatever language. */
function columnsOf(detail = ''): string[] {
  const list = /\((.*?)\)=\(/.exec(detail)?.[1] ?? ''
  return list === '' ? [] : list.split(', ').map(name => name.replaceAll('"', ''))
}
