// Limits on Fastify: requests are counted when it is known who asks, and the answers say what is left.

import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler, onSendHookHandler } from 'fastify'
import { countedAs } from '../access/caller.ts'
import { Problem } from '../http/problem.ts'
import { rateLimitPolicyField, rateLimitWriter } from '../http/rate-limit-fields.ts'
import type { Taken } from '../limits/limit-store.ts'
import { type Limits, planOf } from '../limits/limits.ts'
import type { Plan } from '../limits/plan.ts'
import { quotaExceeded, toServiceLimits } from '../limits/quota.ts'

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

/**
 * Operations of resources count; what is about the service itself is free. The hooks are the routes' own, so that they
 * come after those of the app, which find out who asks, and so that other routes do not pay for them.
 */
export function countRequests(app: FastifyInstance, limits: Limits | undefined): void {
  app.decorateRequest('plan')
  app.decorateRequest('use')
  if (limits === undefined) return
  app.addHook('onClose', () => limits.store.close())
  const [count, tell] = [countRequest(limits), tellQuota(limits)]
  app.addHook('onRoute', route => {
    if (route.config?.operation === undefined) return
    route.onRequest = [route.onRequest ?? [], count].flat()
    route.onSend = [route.onSend ?? [], tell].flat()
  })
}

function countRequest({ plans, store }: Limits): onRequestHookHandler {
  return (request, _reply, done) => {
    const plan = planOf(plans, request.principal)
    request.plan = plan
    if (plan.policies.length === 0) return done()
    // In memory it is there at once: awaiting it would cost more than counting does.
    const counted = countedAs(request.principal, request)
    const taken = store.take(counted, plan.policies)
    if (!(taken instanceof Promise)) done(use(request, { caller: counted, plan, taken }))
    else taken.then(answer => done(use(request, { caller: counted, plan, taken: answer })), done)
  }
}

function tellQuota({ plans, store }: Limits): onSendHookHandler {
  const written = new Map([...plans.byName.values()].map(plan => [plan, quotaFields(plan)]))
  return (request, reply, _payload, done) => {
    const { use: used } = request
    if (used === undefined) return done()
    const { caller, plan, taken } = used
    const free = isFree(request, reply)
    if (free) store.giveBack(caller, plan.policies, taken)
    written.get(plan)?.(reply, taken, free ? 1 : 0)
    done()
  }
}

/**
 * A 304 to a member costs nothing, for callers who name a tag that they were given. A list has to be read to the end to
 * know that it is unchanged, and `*` holds for whatever is there: both would be ways around every quota.
 */
function isFree({ headers, routeOptions }: FastifyRequest, { statusCode }: FastifyReply): boolean {
  return (
    statusCode === 304 && routeOptions.config.operation?.kind === 'read' && headers['if-none-match']?.trim() !== '*'
  )
}

/** Writes the fields of a plan into an answer. */
function quotaFields({ policies }: Plan): (reply: FastifyReply, taken: Taken, back: number) => void {
  const policy = rateLimitPolicyField(policies)
  const write = rateLimitWriter(policies)
  return (reply, { standings }, back) => {
    reply.header('ratelimit-policy', policy).header('ratelimit', write(standings, back))
  }
}

function use(request: FastifyRequest, used: Use): Problem | undefined {
  request.use = used
  const { plan, taken } = used
  return taken.granted ? undefined : quotaExceeded(toServiceLimits(plan.policies, taken.standings))
}

/** 413 for a body that is larger than the caller's plan allows; `length` in bytes. */
export function requireBodySize({ plan }: FastifyRequest, length: number): void {
  if (plan?.largestBody === undefined || length <= plan.largestBody) return
  const detail = `The request body is too large: the plan ${plan.name} allows ${plan.largestBody} bytes.`
  throw new Problem('contentTooLarge', { detail })
}
