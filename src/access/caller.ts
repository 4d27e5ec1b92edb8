// Callers, and which requests are counted together.

import type { Caller } from '../resource/caller.ts'
import { addressGroup } from './address.ts'

/** The caller of a request, as far as limits need to know. */
export type Counted = Pick<Caller, 'id' | 'kind' | 'plan'>

/** Where a request comes from. It is read only when it matters, because a request has to work it out. */
export interface Source {
  /** As a socket or a proxy has written it; undefined if the connection is already gone. */
  readonly ip: string | undefined
}

/** Whether only the address of the caller is known. */
export function isNameless({ kind }: Counted): boolean {
  return kind === 'anonymous' || kind === 'open'
}

/** The identity that requests are counted by: the key or the token's subject, or else the address. */
export function countedAs(caller: Counted, source: Source): string {
  return isNameless(caller) ? `address:${addressGroup(source.ip)}` : caller.id
}
