// Log events when an API key is made, rotated or revoked. Keys that administer are worth a warning.

import type { Log } from '../resource/resource.ts'
import { keysAdmin } from './grant.ts'

export interface AuditedKey {
  readonly id: unknown
  readonly name: unknown
  readonly scopes: readonly string[]
}

const events = {
  made: 'authn_token_created',
  rotated: 'authn_token_rotated',
  revoked: 'authn_token_revoked',
} as const

/** The caller who did it, and its address. */
export interface Actor {
  readonly caller: string
  readonly address: string
}

export function auditKey(
  log: Log,
  change: keyof typeof events,
  key: AuditedKey,
  actor: Actor,
): void {
  const { id, name, scopes } = key
  const details = { event: events[change], ...actor, key: id, name, scopes }
  const what = administers(scopes) ? 'an API key that administers' : 'an API key'
  log[administers(scopes) ? 'warn' : 'info'](details, `${what} was ${change}`)
}

/** A key that this process did not change itself. */
export interface NoticedKey extends AuditedKey {
  readonly revoked: boolean
}

/** The command line keeps no log: its changes are told by the service that notices them. */
export function auditNoticed(log: Log, keys: readonly NoticedKey[]): void {
  const level = keys.some(({ scopes }) => administers(scopes)) ? 'warn' : 'info'
  const message = 'API keys were made, rotated or revoked by the command line or another instance'
  log[level]({ event: 'authn_token_changed', keys }, message)
}

function administers(scopes: readonly string[]): boolean {
  return scopes.includes('*') || scopes.includes(keysAdmin)
}
