// Who asks, and whether they may: before anything of the request but its head is read (RFC 6750; CONTRACT order: 401, 403).

import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import {
  type AccessPolicy,
  type Authenticate,
  anonymousPrincipal,
  holds,
  isPublic,
  openPrincipal,
  scopeNeeded,
} from '../access/access.ts'
import { credentialsMissing, insufficientScope } from '../access/bearer.ts'

/** Puts the principal on the request. An address without an operation is closed unless it says that it is `open`. */
export function authorize(policy: AccessPolicy, authenticate: Authenticate): onRequestAsyncHookHandler {
  if (!policy.required)
    return async request => {
      request.principal = openPrincipal
    }
  return async request => {
    request.principal = anonymousPrincipal
    if (request.routeOptions.config?.open) return
    request.principal = await authenticate(request.headers.authorization)
    requirePermission(policy, request)
  }
}

function requirePermission(policy: AccessPolicy, { principal, routeOptions }: FastifyRequest): void {
  const operation = routeOptions.config?.operation
  if (operation !== undefined && isPublic(policy, operation)) return
  if (principal.kind === 'anonymous') throw credentialsMissing()
  if (operation !== undefined && !holds(principal, scopeNeeded(operation)))
    throw insufficientScope(scopeNeeded(operation))
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Asks nobody for credentials, such as health and the document. */
    open?: boolean
  }
}
