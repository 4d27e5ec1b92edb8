// One form for all the ways in which sockets and proxies write an address (RFC 4291 §2.2, RFC 7239 §6).

import { isIPv4, isIPv6 } from 'node:net'

/** Stands for every text that is no address (RFC 7239 §6.2, §6.3), so that nobody becomes a new caller by inventing names. */
export const unknownAddress = 'unknown'

/** RFC 7239 §6: a port is a number, or an obfuscated name. */
const ipv4WithPort = /^([\d.]+)(?::(?:\d{1,5}|_[\w.-]+))?$/
const inBrackets = /^\[([^\]]*)\](?::(?:\d{1,5}|_[\w.-]+))?$/

/** The address without port, quotes, brackets and zone, as RFC 5952 writes it; `unknown` if there is none. */
export function canonicalAddress(text: string | undefined): string {
  const address = parseAddress(text)
  if (address === undefined) return unknownAddress
  // Needed only for the log. A URL writes it as RFC 5952 §4 says.
  return typeof address === 'string'
    ? address
    : new URL(`http://[${address.join(':')}]`).hostname.slice(1, -1)
}

/** The IPv4 address, or the first 64 bits of an IPv6 one, since one subscriber has at least a /64 (RFC 6177 §2). */
export function addressGroup(text: string | undefined): string {
  const address = parseAddress(text)
  if (address === undefined) return unknownAddress
  return typeof address === 'string' ? address : `${address.slice(0, 4).join(':')}::/64`
}

/** An IPv4 address as a text, an IPv6 one as its eight groups. */
function parseAddress(text = ''): string | readonly string[] | undefined {
  // The usual case.
  if (isIPv4(text)) return text
  const unquoted = text.trim().replace(/^"(.*)"$/, '$1')
  const [, host = unquoted] = ipv4WithPort.exec(unquoted) ?? inBrackets.exec(unquoted) ?? []
  const address = host.replace(/%.*$/s, '')
  if (isIPv4(address)) return address
  return isIPv6(address) ? unmap(toGroups(address)) : undefined
}

/** RFC 4291 §2.5.5.2: an IPv4-mapped address is the IPv4 address. */
function unmap(groups: readonly string[]): string | readonly string[] {
  if (groups.slice(0, 6).join() !== '0,0,0,0,0,ffff') return groups
  const bytes = groups
    .slice(6)
    .flatMap(group => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff])
  return bytes.join('.')
}

/** The eight groups, in lower case and without leading zeros. */
function toGroups(address: string): readonly string[] {
  const [head = '', tail = ''] = address.toLowerCase().split('::')
  const [before, after] = [splitGroups(head), splitGroups(tail)]
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
}

function splitGroups(text: string): readonly string[] {
  if (text === '') return []
  const hexadecimal = text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes) =>
    toHexadecimal(bytes),
  )
  return hexadecimal.split(':').map(group => group.replace(/^0+(?=.)/, ''))
}

/** RFC 4291 §2.2 3: four bytes at the end of an IPv6 address are its last two groups. */
function toHexadecimal([first, second, third, fourth]: readonly unknown[]): string {
  const group = (high: unknown, low: unknown) => (Number(high) * 256 + Number(low)).toString(16)
  return `${group(first, second)}:${group(third, fourth)}`
}
