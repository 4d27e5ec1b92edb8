// The request target (RFC 9112 §3.2).

/** A target in origin form, and its authority if it has one. */
export interface Target {
  readonly path: string
  readonly authority?: string
}

/** `http://host/path?query`; a name is needed, and credentials have no place there (RFC 9110 §4.2.1, §4.2.4). */
const absoluteForm = /^https?:\/\/([^/?#@]+)([/?].*)?$/i

/**
 * Proxies send a whole address (RFC 9112 §3.2.2); `*` means the server itself (RFC 9110 §9.3.7). Anything else is returned
 * as it is, and does not start with a slash.
 */
export function toOriginForm(method: string | undefined, url: string): Target {
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
