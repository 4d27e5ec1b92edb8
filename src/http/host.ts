// Host: the name by which a service is addressed (RFC 9110 §7.2, RFC 3986 §3.2.2).

import { isIPv6 } from 'node:net'

/** `uri-host [":" port]`; an empty name is one, for targets that have no authority. */
const authority = /^(?:\[([^\]%]+)\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*)(?::\d*)?$/i
const futureAddress = /^v[\da-f]+\.[\w.~!$&'()*+,;=:-]+$/i

/** What nearly everyone sends: a name or an IPv4 address, and perhaps a port. */
const usual = /^[\w.-]+(?::\d+)?$/

/** Whether this can be the value of a `Host` field. */
export function isHost(value: string): boolean {
  if (usual.test(value)) return true
  const [found, literal] = authority.exec(value) ?? []
  if (found === undefined) return false
  return literal === undefined || isIPv6(literal) || futureAddress.test(literal)
}

/** The name alone, in lower case: without the port, and without the dot that ends an absolute name. */
export function hostName(value: string): string {
  return value.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
}

const loopback = /^(?:(?:[^.]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Whether the name means the machine on which it is asked (RFC 6761 §6.3). */
export function isLoopbackName(name: string): boolean {
  return loopback.test(name)
}
