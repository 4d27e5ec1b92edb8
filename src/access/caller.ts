// Whose requests are counted together.

import { addressGroup } from './address.ts'

/** Who asks, as far as limits go. */
export interface Caller {
  /** Stays the same for as long as it is the same caller: `key:7`, `token:<issuer>#<subject>`, `anonymous`, `open`. */
  readonly id: string
  /** `open`: whoever reaches a service that asks nobody for credentials. */
  readonly kind: 'key' | 'token' | 'anonymous' | 'open'
  /** The name of its plan, where it has one. */
  readonly plan: string | undefined
}

/** Where a request comes from; asked only when it matters, for a request has to find out. */
export interface Source {
  /** As a socket or a proxy has written it; none where the connection has gone already. */
  readonly ip: string | undefined
}

/** Whether nothing but its address is known of it. */
export function isNameless({ kind }: Caller): boolean {
  return kind === 'anonymous' || kind === 'open'
}

/** Those of a key or of a token's subject, else those of an address. */
export function countedAs(caller: Caller, source: Source): string {
  return isNameless(caller) ? `address:${addressGroup(source.ip)}` : caller.id
}
