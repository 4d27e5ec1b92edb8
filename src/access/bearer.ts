// Bearer credentials in HTTP (RFC 6750 §2.1, §3): how a caller sends them, and the problems if they are not enough.

import { type Finding, Problem } from '../http/problem.ts'

const realm = 'Bearer realm="api"'

/** The scheme is case-insensitive (RFC 9110 §11.1). */
const scheme = /^bearer(?: +|$)/i
/** RFC 6750 §2.1: b64token. */
const b64token = /^[A-Za-z0-9._~+/-]+=*$/

/** The token of a field `Authorization`; undefined if there is none, or another scheme. Throws for a malformed token. */
export function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined || !scheme.test(authorization)) return undefined
  const token = authorization.slice('bearer'.length).trimStart()
  if (!b64token.test(token)) throw invalidToken()
  return token
}

/** 401 for a caller who sent no credentials: no error code (§3.1). */
export function credentialsMissing(): Problem {
  return new Problem('unauthorized', { headers: { 'www-authenticate': realm } })
}

/** 401 for invalid credentials, whatever the reason is, so that callers who guess learn nothing. */
export function invalidToken(): Problem {
  const detail = 'The credentials are not valid: unknown, expired or revoked.'
  return new Problem('unauthorized', {
    detail,
    headers: { 'www-authenticate': `${realm}, error="invalid_token"` },
  })
}

/** 403 for a caller who lacks a scope. `errors`: what it is needed for, if not for the whole request. */
export function insufficientScope(scope: string, errors?: readonly Finding[]): Problem {
  const field = `${realm}, error="insufficient_scope", scope="${scope}"`
  return new Problem('forbidden', {
    detail: `The credentials do not allow this: the scope ${scope} is needed.`,
    ...(errors && { errors }),
    headers: { 'www-authenticate': field },
  })
}
