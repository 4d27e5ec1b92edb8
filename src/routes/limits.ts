// Limits on Fastify: requests are counted when it is known who asks, and the answers say what is left.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Caller, countedAs } from '../access/caller.ts'
import type { Taken } from '../access/limit-store.ts'
import { type Limits, planOf } from '../access/limits.ts'
import type { Plan } from '../access/plan.ts'
import { quotaExceeded, toServiceLimits } from '../access/quota.ts'
import { Problem } from '../http/problem.ts'
import { rateLimitField, rateLimitPolicyField } from '../http/rate-limit-fields.ts'
import { ParameterError } from '../query/parameter.ts'

/** What a request has used of its caller's plan. */
interface Use {
  readonly caller: string
  readonly plan: Plan
  readonly taken: Taken
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The plan of the caller; none where nothing is limited. */
    plan: Plan | undefined
    use: Use | undefined
  }
}

/** To be called before what looks at credentials: an address that guesses is refused before. */
export function guardLogins(app: FastifyInstance, limits: Limits | undefined): void {
  if (limits === undefined) return
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.headers.authorization !== undefined) limits.logins.requireRoom(request.ip)
    done()
  })
  app.addHook('onSend', (request, reply, _payload, done) => {
    if (reply.statusCode !== 401 || request.headers.authorization === undefined) return done()
    limits.logins.record(request.ip).then(() => done(), done)
  })
}

/** To be called after what looks at credentials. Operations of resources count; what is about the service itself is free. */
export function countRequests(app: FastifyInstance, limits: Limits | undefined): void {
  app.decorateRequest('plan')
  app.decorateRequest('use')
  if (limits === undefined) return
  app.addHook('onClose', () => limits.store.close())
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.routeOptions.config?.operation === undefined) return done()
    const caller = callerOf(request)
    const plan = planOf(limits.plans, caller)
    request.plan = plan
    if (plan.policies.length === 0) return done()
    // In memory it is there at once: awaiting it would cost more than counting does.
    const counted = countedAs(caller, request.ip)
    const taken = limits.store.take(counted, plan.policies)
    if (!(taken instanceof Promise)) done(use(request, { caller: counted, plan, taken }))
    else taken.then(answer => done(use(request, { caller: counted, plan, taken: answer })), done)
  })
  app.addHook('onSend', (request, reply, _payload, done) => {
    if (request.use !== undefined) tell(limits, request.use, reply)
    done()
  })
}

/** What a request without more is taken for. */
const anonymous: Caller = { id: 'anonymous', kind: 'anonymous', plan: undefined }

function callerOf(request: FastifyRequest): Caller {
  return (request as { principal?: Caller }).principal ?? anonymous
}

function use(request: FastifyRequest, used: Use): Problem | undefined {
  request.use = used
  const { plan, taken } = used
  return taken.granted ? undefined : quotaExceeded(toServiceLimits(plan.policies, taken.standings))
}

/** A 304 costs nothing: it is given back. */
function tell({ store }: Limits, { caller, plan, taken }: Use, reply: FastifyReply): void {
  const free = reply.statusCode === 304
  if (free) store.giveBack(caller, plan.policies, taken)
  const limits = toServiceLimits(plan.policies, taken.standings)
  const left = free ? limits.map(limit => ({ ...limit, remaining: limit.remaining + 1 })) : limits
  reply.headers({ 'ratelimit-policy': rateLimitPolicyField(plan.policies), ratelimit: rateLimitField(left) })
}

/** 400 for a page that is larger than the caller's plan allows. */
export function requirePageSize({ plan }: FastifyRequest, limit: number): void {
  if (plan?.largestPage === undefined || limit <= plan.largestPage) return
  throw new ParameterError('limit', `must be <= ${plan.largestPage}, the largest page of the plan ${plan.name}`)
}

/** 413 for a body that is larger than the caller's plan allows; `length` in bytes. */
export function requireBodySize({ plan }: FastifyRequest, length: number): void {
  if (plan?.largestBody === undefined || length <= plan.largestBody) return
  const detail = `The request body is too large: the plan ${plan.name} allows ${plan.largestBody} bytes.`
  throw new Problem('contentTooLarge', { detail })
}
