// Credentials in the document: one bearer scheme for keys and tokens, and the scope of each operation.

import { type AccessPolicy, isPublic } from '../access/access.ts'
import type { Operation } from '../operations/operation.ts'

export const securitySchemes = {
  bearerAuth: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An API key (`rw_live_…`), or a token (JWT) of the identity provider if the service trusts one',
  },
} as const

const credentials = { bearerAuth: [] }

/** An empty requirement makes credentials optional (OpenAPI 3.1 §4.8.30). */
export const optionalSecurity = [{}, credentials]

/** The default for operations that say nothing else. */
export function usualSecurity({ required }: AccessPolicy): readonly object[] {
  return required ? [credentials] : []
}

/** The scopes are in an extension, because a bearer scheme has none of its own. */
export function operationSecurity(policy: AccessPolicy, operation: Operation): object {
  if (!policy.required) return {}
  if (isPublic(policy, operation)) return { security: optionalSecurity }
  return operation.scope === undefined ? {} : { 'x-required-scopes': [operation.scope] }
}

/** The scope as a sentence, because few tools show the extension. */
export function scopeNote(policy: AccessPolicy, operation: Operation): string | undefined {
  if (!policy.required) return undefined
  if (isPublic(policy, operation)) return 'Needs no credentials.'
  return operation.scope === undefined ? undefined : `Scope: \`${operation.scope}\`.`
}
