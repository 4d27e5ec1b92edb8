// Who may ask: a request becomes a principal (RFC 6750), and an operation names the scope that it needs.

import type { Model } from '../resource/model.ts'
import type { Caller, Source } from './caller.ts'

/** Who asks. */
export interface Principal extends Caller {
  /** What it may do: `books:read`, `books:write`, `books:admin`, `keys:admin`, or `*` for everything. */
  readonly scopes: ReadonlySet<string>
}

export const openPrincipal: Principal = Object.freeze({
  id: 'open',
  kind: 'open',
  scopes: new Set(['*']),
  plan: undefined,
})

export const anonymousPrincipal: Principal = Object.freeze({
  id: 'anonymous',
  kind: 'anonymous',
  scopes: new Set<string>(),
  plan: undefined,
})

/**
 * Gives the principal of a field `Authorization`, at once where it is known. Throws, or rejects with, a `Problem` (401)
 * for credentials that are not good.
 */
export type Authenticate = (authorization: string | undefined, source: Source) => Principal | Promise<Principal>

/** The identity provider whose tokens are taken. */
export interface TokenSettings {
  readonly issuer: string
  readonly audience: readonly string[]
  /** Where its keys are (JWKS). */
  readonly keysUrl: string
  /** The algorithms that are taken, asymmetric ones all of them (RFC 8725 §3.1). */
  readonly algorithms: readonly string[]
}

/** What a service asks of its callers. */
export interface AccessPolicy {
  /** Whether credentials are asked for at all. */
  readonly required: boolean
  /** The resources that everyone may read. */
  readonly publicRead: ReadonlySet<string>
  readonly tokens?: TokenSettings
}

export const openPolicy: AccessPolicy = { required: false, publicRead: new Set() }

/** As much of an operation as access is about. */
export interface Accessed {
  readonly model: Pick<Model, 'name'>
  /** What its caller must be allowed. */
  readonly scope: string
}

/** Whether it may be done without credentials. */
export function isPublic({ required, publicRead }: AccessPolicy, { model: { name }, scope }: Accessed): boolean {
  return !required || (publicRead.has(name) && scope === `${name}:read`)
}

export function hasScope({ scopes }: Principal, scope: string): boolean {
  return scopes.has(scope) || scopes.has('*')
}

/** Whose rows of a resource with owners it sees: everyone's with `<resource>:admin`, else its own. */
export function seesAll(principal: Principal, resource: string): boolean {
  return hasScope(principal, `${resource}:admin`)
}

/** A scope that can be granted. */
export const scopePattern = '^(?:\\*|[a-z][a-z0-9_-]*:(?:read|write|admin))$'
