// Access: a request has a principal, its caller (RFC 6750), and an operation names the scope that it needs.

import type { Caller } from '../resource/caller.ts'
import type { Model } from '../resource/model.ts'
import type { Source } from './caller.ts'

/** The caller of a request. */
export type Principal = Caller

export const openPrincipal: Principal = Object.freeze({
  id: 'open',
  kind: 'open',
  scopes: new Set(['*']),
  plan: undefined,
  claims: Object.freeze({}),
})

export const anonymousPrincipal: Principal = Object.freeze({
  id: 'anonymous',
  kind: 'anonymous',
  scopes: new Set<string>(),
  plan: undefined,
  claims: Object.freeze({}),
})

/**
 * Returns the principal of a field `Authorization`, without a promise if it is known already. Throws or rejects with a
 * `Problem` (401) for invalid credentials.
 */
export type Authenticate = (
  authorization: string | undefined,
  source: Source,
) => Principal | Promise<Principal>

/** The identity provider whose tokens are accepted. */
export interface TokenSettings {
  readonly issuer: string
  readonly audience: readonly string[]
  /** The address of its keys (JWKS). */
  readonly keysUrl: string
  /** The accepted algorithms, all of them asymmetric (RFC 8725 §3.1). */
  readonly algorithms: readonly string[]
}

/** Which credentials a service asks its callers for. */
export interface AccessPolicy {
  /** Whether the service asks for credentials at all. */
  readonly required: boolean
  /** The resources that everyone may read. */
  readonly publicRead: ReadonlySet<string>
  readonly tokens?: TokenSettings
}

export const openPolicy: AccessPolicy = { required: false, publicRead: new Set() }

/** The part of an operation that access depends on. */
export interface Accessed {
  readonly model: Pick<Model, 'name'>
  /** The scope that the caller needs, if there is one. */
  readonly scope: string | undefined
}

/** Whether an operation needs no credentials. */
export function isPublic(
  { required, publicRead }: AccessPolicy,
  { model: { name }, scope }: Accessed,
): boolean {
  return !required || (publicRead.has(name) && scope === `${name}:read`)
}

export function hasScope({ scopes }: Principal, scope: string): boolean {
  return scopes.has(scope) || scopes.has('*')
}

/** Whether the caller sees the rows of all owners (`<resource>:admin`), and not only its own. */
export function seesAll(principal: Principal, resource: string): boolean {
  return hasScope(principal, `${resource}:admin`)
}

/** A scope that can be granted. */
export const scopePattern = '^(?:\\*|[a-z][a-z0-9_-]*:[a-z][a-z0-9_-]*)$'
