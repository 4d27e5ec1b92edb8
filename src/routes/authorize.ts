// Who asks, and whether they may: before anything of the request but its head is read (RFC 6750; CONTRACT order: 401, 403).

import type { FastifyContextConfig, onRequestHookHandler } from 'fastify'
import {
  type AccessPolicy,
  type Authenticate,
  anonymousPrincipal,
  holds,
  isPublic,
  openPrincipal,
  type Principal,
  scopeNeeded,
} from '../access/access.ts'
import { credentialsMissing, insufficientScope } from '../access/bearer.ts'
import type { Operation } from '../http/operations.ts'

/**
 * Puts the principal on the request. An address without an operation is closed unless it says that it is `open`. Who is
 * known is let in at once: promises would cost more than all else here.
 */
export function authorize({ required }: AccessPolicy, authenticate: Authenticate): onRequestHookHandler {
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

/** What is known of an operation before there is a request for it. */
export function accessOf(policy: AccessPolicy, operation: Operation): FastifyContextConfig {
  return { operation, anyone: isPublic(policy, operation), scope: scopeNeeded(operation) }
}

function requirePermission(principal: Principal, { anyone, scope }: FastifyContextConfig = {}): void {
  if (anyone) return
  if (principal.kind === 'anonymous') throw credentialsMissing()
  if (scope !== undefined && !holds(principal, scope)) throw insufficientScope(scope)
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Asks nobody for credentials, such as health and the document. */
    open?: boolean
    /** Is done for everyone; credentials that are not good are refused all the same. */
    anyone?: boolean
    /** What its caller must be allowed. */
    scope?: string
  }
}
