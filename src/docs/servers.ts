// The address of the service in its document. Tools that import the document need an address.

import type { FastifyRequest } from 'fastify'

/** The address of the service, without a slash at the end; '' if it is not known, so that addresses are relative. */
export type OriginOf = (request: FastifyRequest) => string

/** A placeholder for the address until the document is requested. It can be no real address (RFC 6761 §6.4). */
export const anyOrigin = 'https://origin.invalid'

/** The servers of a document: those of the committed one are relative. */
export function serversAt(origin: string) {
  return [
    { url: origin === '' ? '/' : origin, description: 'The current version' },
    { url: `${origin}/v1`, description: 'Version 1, pinned' },
  ]
}

/** The document with the address at which it is asked for; others that it names stay. */
export function withServers<T extends object>(document: T, origin: string) {
  const { servers = [] } = document as { servers?: readonly object[] }
  const own = serversAt(origin)
  return { ...document, servers: [...own, ...servers.slice(own.length)] }
}

/** The text of a document with `anyOrigin`, for another. */
export function atOrigin(text: string, origin: string): string {
  const pinned = text.replaceAll(`${anyOrigin}/`, `${origin}/`)
  return pinned.replaceAll(anyOrigin, origin === '' ? '/' : origin)
}

/** Header fields that proxies add. */
const proxyFields = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'via',
] as const

/**
 * The setting, or else the address by which the document is asked for. A proxy that is not trusted hides it: what the service
 * sees is its own side of the proxy.
 */
export function originFinder({
  publicUrl,
  trusts,
  prefixOf,
}: {
  publicUrl: string | undefined
  trusts: boolean
  prefixOf: (request: FastifyRequest['raw']) => string
}): OriginOf {
  if (publicUrl !== undefined) return () => publicUrl
  return ({ headers, protocol, host, raw }) => {
    const prefix = prefixOf(raw)
    const isHidden = !trusts && proxyFields.some(name => headers[name] !== undefined)
    return isHidden || !/^[\w.:[\]-]+$/.test(host ?? '') ? prefix : `${protocol}://${host}${prefix}`
  }
}
