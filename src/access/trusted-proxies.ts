// The proxies that are believed when `X-Forwarded-For` says where a request comes from.

import { BlockList, isIP } from 'node:net'
import { canonicalAddress } from './address.ts'

/** Whether an address is a proxy that is believed; `hop` is 0 for the nearest. */
export type TrustProxy = (address: string, hop: number) => boolean

const networks: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

/**
 * Reads a number of proxies, or addresses, networks and names of networks. Addresses are compared in one form, however a
 * proxy writes them. Throws an `Error` that names anything else: to believe everyone would let callers choose the address
 * under which they are limited and logged.
 */
export function parseTrustedProxies(text: string): TrustProxy {
  if (/^[1-9]$/.test(text)) return (_address, hop) => hop < Number(text)
  const trusted = new BlockList()
  const places = text.split(',').map(item => item.trim())
  for (const place of places.filter(item => item !== ''))
    for (const network of networks[place] ?? [place]) addNetwork(trusted, network)
  return address => {
    const canonical = canonicalAddress(address)
    return trusted.check(canonical, familyOf(canonical))
  }
}

function addNetwork(trusted: BlockList, place: string): void {
  const [address = '', bits] = place.split('/')
  const canonical = canonicalAddress(address)
  const [length, whole] = [isIP(address) === 4 ? 32 : 128, isIP(canonical) === 4 ? 32 : 128]
  // The first bits of an IPv4-mapped address are not those of the IPv4 address.
  const prefix = bits === undefined ? whole : Number(bits) - (length - whole)
  const good =
    isIP(address) !== 0 &&
    (bits === undefined || /^\d{1,3}$/.test(bits)) &&
    prefix >= 0 &&
    prefix <= whole
  if (!good)
    throw new Error(
      `TRUST_PROXY names '${place}'; it must be addresses, networks such as 10.0.0.0/8, or a count up to 9`,
    )
  trusted.addSubnet(canonical, prefix, familyOf(canonical))
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6'
}
