// Quotas: requests are counted once their caller is known, and responses say what is left.

import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
  onSendHookHandler,
} from 'fastify'
import { countedAs } from '../access/caller.ts'
import type { Problem } from '../http/problem.ts'
import { rateLimitPolicyField, rateLimitWriter } from '../http/rate-limit-fields.ts'
import type { Consumption } from '../limits/limit-store.ts'
import { type Limits, planOf } from '../limits/limits.ts'
import type { Plan } from '../limits/plan.ts'
import { quotaExceeded, toServiceLimits } from '../limits/quota.ts'

/** The use that a request makes of its caller's plan. */
interface QuotaUse {
  readonly caller: string
  readonly plan: Plan
  readonly consumption: Consumption
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The plan of the caller; undefined if requests are not limited. */
    plan: Plan | undefined
    quotaUse: QuotaUse | undefined
    countRows(count: number): Promise<void>
  }
}

/**
 * Counts requests to operations of resources and to routes of plugins; addresses about the service itself are free. The hooks belong to the routes,
 * so they run after the app's hooks, which find out who the caller is, and cost other routes nothing.
 */
export function countRequests(app: FastifyInstance, limits: Limits | undefined): void {
  app.decorateRequest('plan')
  app.decorateRequest('quotaUse')
  app.decorateRequest('countRows', async function (this: FastifyRequest, count: number) {
    if (limits !== undefined) await countRows(limits, this, count)
  })
  if (limits === undefined) return
  app.addHook('onClose', () => limits.store.close())
  const [count, report] = [countRequest(limits), reportQuota(limits)]
  app.addHook('onRoute', function (route) {
    if (route.config?.operation === undefined && this.ownPlugin === undefined) return
    route.onRequest = [route.onRequest ?? [], count].flat()
    route.onSend = [route.onSend ?? [], report].flat()
  })
}

function countRequest({ plans, store }: Limits): onRequestHookHandler {
  return (request, _reply, done) => {
    const plan = planOf(plans, request.principal)
    request.plan = plan
    if (plan.policies.length === 0) return done()
    // The store in memory returns at once; awaiting it would cost more than the counting.
    const counted = countedAs(request.principal, request)
    const consumption = store.consume(counted, plan.policies)
    if (!(consumption instanceof Promise))
      done(requireQuota(request, { caller: counted, plan, consumption }))
    else
      consumption.then(
        answer => done(requireQuota(request, { caller: counted, plan, consumption: answer })),
        done,
      )
  }
}

/** Counts the rows of a body, of which the first one is counted as the request itself. */
async function countRows({ store }: Limits, request: FastifyRequest, rows: number): Promise<void> {
  const { quotaUse } = request
  const cost = rows - 1
  if (quotaUse === undefined || cost < 1) return
  const { caller, plan } = quotaUse
  const consumption = await store.consume(caller, plan.policies, cost)
  const refusal = requireQuota(request, { caller, plan, consumption }, cost)
  if (refusal !== undefined) throw refusal
}

function reportQuota({ plans, store }: Limits): onSendHookHandler {
  const written = new Map([...plans.byName.values()].map(plan => [plan, quotaFields(plan)]))
  return (request, reply, _payload, done) => {
    const { quotaUse } = request
    if (quotaUse === undefined) return done()
    const { caller, plan, consumption } = quotaUse
    const free = isFree(request, reply)
    if (free) store.refund(caller, plan.policies, consumption)
    written.get(plan)?.(reply, consumption, free ? 1 : 0)
    done()
  }
}

/**
 * A 304 to a row is free for callers who name a tag that they were given. A list must be read to the end before it is known
 * to be unchanged, and `*` matches any row: if those were free, they would be ways around every quota.
 */
function isFree({ headers, routeOptions }: FastifyRequest, { statusCode }: FastifyReply): boolean {
  return (
    statusCode === 304 &&
    routeOptions.config.operation?.on === 'member' &&
    headers['if-none-match']?.trim() !== '*'
  )
}

/** Adds the `RateLimit` fields of a plan to a response. */
function quotaFields({
  policies,
}: Plan): (reply: FastifyReply, consumption: Consumption, back: number) => void {
  const policy = rateLimitPolicyField(policies)
  const write = rateLimitWriter(policies)
  return (reply, { windows }, back) => {
    reply.header('ratelimit-policy', policy).header('ratelimit', write(windows, back))
  }
}

/** 429 if a quota of the plan is used up. */
function requireQuota(request: FastifyRequest, quotaUse: QuotaUse, cost = 1): Problem | undefined {
  request.quotaUse = quotaUse
  const { plan, consumption } = quotaUse
  return consumption.granted
    ? undefined
    : quotaExceeded(toServiceLimits(plan.policies, consumption.windows), cost)
}
