// Finds the caller of a request and checks its scope, before anything but the head is read (RFC 6750 §3; 401, then 403).

import type { FastifyContextConfig, onRequestHookHandler } from 'fastify'
import {
  type AccessPolicy,
  type Authenticate,
  anonymousPrincipal,
  hasScope,
  isPublic,
  openPrincipal,
  type Principal,
} from '../access/access.ts'
import { credentialsMissing, insufficientScope } from '../access/bearer.ts'
import type { Operation } from '../operations/operation.ts'

/**
 * Puts the principal on the request. An address without an operation is closed unless it says that it is `open`. Callers
 * that are already known are admitted synchronously: a promise would cost more than everything else here.
 */
export function authorize(
  { required }: AccessPolicy,
  authenticate: Authenticate,
): onRequestHookHandler {
  if (!required)
    return (request, _reply, done) => {
      request.principal = openPrincipal
      done()
    }
  return (request, _reply, done) => {
    request.principal = anonymousPrincipal
    const { config } = request.routeOptions
    if (config?.open) return done()
    const admit = (principal: Principal) => {
      request.principal = principal
      requirePermission(principal, config)
    }
    const found = authenticate(request.headers.authorization, request)
    if (found instanceof Promise) return void found.then(admit).then(() => done(), done)
    admit(found)
    done()
  }
}

/** The part of a route's configuration that follows from its operation, before any request. */
export function accessOf(policy: AccessPolicy, operation: Operation): FastifyContextConfig {
  const { scope } = operation
  return { operation, anyone: isPublic(policy, operation), ...(scope !== undefined && { scope }) }
}

function requirePermission(
  principal: Principal,
  { anyone, scope }: FastifyContextConfig = {},
): void {
  if (anyone) return
  if (principal.kind === 'anonymous') throw credentialsMissing()
  if (scope !== undefined && !hasScope(principal, scope)) throw insufficientScope(scope)
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Needs no credentials: health, the document and the like. */
    open?: boolean
    /** Open to every caller; bad credentials are still refused. */
    anyone?: boolean
    /** The scope that the caller must have. */
    scope?: string
  }
}
