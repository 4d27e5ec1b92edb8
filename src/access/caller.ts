// Whose requests are counted together.

import { isIPv6 } from 'node:net'

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
  readonly ip: string
}

/** Whether nothing but its address is known of it. */
export function isNameless({ kind }: Caller): boolean {
  return kind === 'anonymous' || kind === 'open'
}

/** Those of a key or of a token's subject, else those of an address. */
export function countedAs(caller: Caller, source: Source): string {
  return isNameless(caller) ? `address:${network(source.ip)}` : caller.id
}

/** The address, or the first 64 bits of an IPv6 one: so many addresses at least are one subscriber's (RFC 6177 §2). */
export function network(ip: string): string {
  if (!ip.includes(':')) return ip
  const address = ip.replace(/%.*$/s, '')
  if (!isIPv6(address)) return address
  const [, mapped] = /^::ffff:([\d.]+)$/i.exec(address) ?? []
  return mapped ?? `${groups(address).slice(0, 4).join(':')}::/64`
}

/** The eight groups, without leading zeros. */
function groups(address: string): readonly string[] {
  const [head = '', tail = ''] = address.toLowerCase().split('::')
  const [before, after] = [splitGroups(head), splitGroups(tail)]
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
}

/** An IPv4 address at the end stands for two groups, neither of which is among the first four. */
function splitGroups(text: string): readonly string[] {
  if (text === '') return []
  const written = text.replace(/(?:\d+\.){3}\d+$/, '0:0').split(':')
  return written.map(group => group.replace(/^0+(?=.)/, ''))
}
