// Callers, and which requests are counted together.

import { addressGroup } from './address.ts'

/** The caller of a request, as far as limits need to know. */
export interface Caller {
  /** Always the same for one caller: `key:7`, `token:<issuer>#<subject>`, `anonymous`, `open`. */
  readonly id: string
  /** `open`: any caller of a service that asks for no credentials. */
  readonly kind: 'key' | 'token' | 'anonymous' | 'open'
  /** The name of its plan, if it has one. */
  readonly plan: string | undefined
}

/** Where a request comes from. It is read only when it matters, because a request has to work it out. */
export interface Source {
  /** As a socket or a proxy has written it; undefined if the connection is already gone. */
  readonly ip: string | undefined
}

/** Whether only the address of the caller is known. */
export function isNameless({ kind }: Caller): boolean {
  return kind === 'anonymous' || kind === 'open'
}

/** What requests are counted by: the key or the token's subject, or else the address. */
export function countedAs(caller: Caller, source: Source): string {
  return isNameless(caller) ? `address:${addressGroup(source.ip)}` : caller.id
}
