// The head of a request: its target, its host, and the checks before anything in it is used (RFC 9112 §2.3, §3.2, §6.1;
// RFC 9110 §7.2, §10.1.1).

import { isIPv6 } from 'node:net'
import { Problem } from './problem.ts'

export interface Head {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly httpVersion: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders: readonly string[]
}

/** The longest request target, in bytes; longer is 414. Node's limit for all of the head is 16 KiB. */
export const maxTargetLength = 8192

/** The mistake in the head itself, whatever the request is. `target`: as it was sent, in origin form. */
export function headProblem(head: Head, target: string): Problem | undefined {
  if (!versions.includes(head.httpVersion)) return versionProblem(head)
  if (target.length > maxTargetLength) return new Problem('uriTooLong')
  if (!target.startsWith('/') || !namesItsHost(head)) return new Problem('malformed')
  return codingProblem(head) ?? expectationProblem(head)
}

const versions: readonly string[] = ['1.1', '1.0']

/** A line without a version would be HTTP/0.9; it is no longer a request line (RFC 9112 §3). */
function versionProblem({ httpVersion }: Head): Problem {
  return new Problem(httpVersion === '0.9' ? 'malformed' : 'httpVersionNotSupported')
}

/**
 * Whether the connection must end after this request, because the meaning of the bytes behind it is unknown: for other
 * versions and codings, and if a client offers to change the protocol (Node drops the rest of that packet).
 */
export function endsConnection({ httpVersion, headers }: Head): boolean {
  return (
    !versions.includes(httpVersion) ||
    headers.upgrade !== undefined ||
    (headers['transfer-encoding'] !== undefined &&
      codingProblem({ httpVersion, headers }) !== undefined)
  )
}

/** Whether there is exactly one valid Host; HTTP/1.0 may have none (RFC 9112 §3.2). */
function namesItsHost({ httpVersion, rawHeaders }: Head): boolean {
  let host: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.length !== 4 || rawHeaders[index]?.toLowerCase() !== 'host') continue
    if (host !== undefined) return false
    host = rawHeaders[index + 1]
  }
  return host === undefined ? httpVersion === '1.0' : isHost(host)
}

/** `chunked` is allowed once, and only in HTTP/1.1; there are no other codings here (RFC 9112 §6.1). */
function codingProblem({
  httpVersion,
  headers,
}: Pick<Head, 'httpVersion' | 'headers'>): Problem | undefined {
  const field = headers['transfer-encoding']
  if (field === undefined) return undefined
  const codings = String(field)
    .toLowerCase()
    .split(/\s*,\s*/)
    .filter(Boolean)
  const chunked = codings.filter(coding => coding === 'chunked').length
  if (httpVersion === '1.0' || chunked > 1) return new Problem('malformed')
  const detail = 'No transfer coding other than chunked is supported.'
  return codings.length > 1 ? new Problem('notImplemented', { detail }) : undefined
}

/** The only possible expectation is `100-continue`. HTTP/1.0 has no expectations. */
function expectationProblem(head: Head): Problem | undefined {
  const { httpVersion, headers } = head
  if (headers.expect === undefined || httpVersion === '1.0' || expectsContinue(head))
    return undefined
  return new Problem('expectationFailed')
}

/** Whether the client waits for `100 Continue` before it sends its body. */
export function expectsContinue({
  httpVersion,
  headers,
}: Pick<Head, 'httpVersion' | 'headers'>): boolean {
  return httpVersion === '1.1' && String(headers.expect).toLowerCase() === '100-continue'
}

/** Whether a body is announced, even an empty one in chunks (RFC 9112 §6.3). */
export function announcesBody({ headers }: Pick<Head, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** A request target (§3.2) in origin form, and its authority if it has one. */
export interface RequestTarget {
  readonly path: string
  readonly authority?: string
}

/** `http://host/path?query`; a name is needed, and credentials have no place there (RFC 9110 §4.2.1, §4.2.4). */
const absoluteForm = /^https?:\/\/([^/?#@]+)([/?].*)?$/i

/**
 * Proxies send a whole address (RFC 9112 §3.2.2); `*` means the server itself (RFC 9110 §9.3.7). Anything else is returned
 * as it is, and does not start with a slash.
 */
export function toOriginForm(method: string | undefined, url: string): RequestTarget {
  if (url.startsWith('/')) return { path: url }
  if (url === '*' && method === 'OPTIONS') return { path: '/' }
  const [, authority, rest = '/'] = absoluteForm.exec(url) ?? []
  if (authority === undefined) return { path: url }
  return { path: rest.startsWith('/') ? rest : `/${rest}`, authority }
}

/** `/v1/books` is the same as `/books`. */
export function withoutVersion(path: string): string {
  return path.startsWith('/v1') ? path.replace(/^\/v1(?![^/?])\/?/, '/') : path
}

/** `%2e` is a dot, and browsers resolve it as one. */
const pathPrefix = /^(?:\/(?!(?:\.|%2e){1,2}(?:\/|$))(?:[\w.~-]|%[\da-f]{2})+)*$/i

/** A valid prefix of all addresses, such as `/api`, without the slash at its end; undefined for anything else, such as `//host`. */
export function parsePrefix(text: string): string | undefined {
  const path = text.replace(/\/$/, '')
  return pathPrefix.test(path) ? path : undefined
}

/** The prefixes that proxies took from a target, the outermost first. The field has no standard; this is what Traefik sends. */
export function parseForwardedPrefix(field: string): string | undefined {
  const taken = field.split(',').map(part => parsePrefix(part.trim()))
  return taken.includes(undefined) ? undefined : taken.join('')
}

export function isBelow(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && [undefined, '/', '?'].includes(path[prefix.length])
}

/** A path that a proxy has shortened, as the caller wrote it. A target that is no path stays one that is refused. */
export function withPrefix(path: string, prefix: string): string {
  return path.startsWith('/') ? prefix + path : path
}

/** The path below a prefix, such as `/api`, which it must begin with. */
export function withoutPrefix(path: string, prefix = ''): string {
  const rest = path.slice(prefix.length)
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** The beginning of an address before it was shortened from the front to a path that begins with `/`. */
export function baseOfPath(original: string, path: string): string {
  const kept = original.endsWith(path) ? path.length : path.length - 1
  return original.slice(0, original.length - kept)
}

/** `uri-host [":" port]` (RFC 3986 §3.2.2); an empty name is one, for targets that have no authority. */
const authority = /^(?:\[([^\]%]+)\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*)(?::\d*)?$/i
const futureAddress = /^v[\da-f]+\.[\w.~!$&'()*+,;=:-]+$/i

/** The usual form: a name or an IPv4 address, and perhaps a port. */
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
