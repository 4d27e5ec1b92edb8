// A plan says how much of the service a caller may use.

import type { QuotaPolicy } from '../http/rate-limit-fields.ts'
import { ParameterError } from '../query/parameter.ts'

export interface Plan {
  readonly name: string
  /** Its quotas; none if requests are not limited. */
  readonly policies: readonly QuotaPolicy[]
  /** The largest `limit` of a list; undefined if only the service's own limit holds. */
  readonly largestPage: number | undefined
  /** The largest body, in bytes; undefined if only the service's own limit holds. */
  readonly largestBody: number | undefined
}

export interface Plans {
  readonly byName: ReadonlyMap<string, Plan>
  /** For callers whose key or token names no plan, or one that does not exist. */
  readonly default: Plan
  /** For callers without credentials. */
  readonly anonymous: Plan
  /** How many failed logins one address may have. */
  readonly failedLogins: readonly QuotaPolicy[]
}

/** 400 for a page that is larger than the caller's plan allows. */
export function requirePageSize(plan: Plan | undefined, limit: number): void {
  if (plan?.largestPage === undefined || limit <= plan.largestPage) return
  throw new ParameterError(
    'limit',
    `must be <= ${plan.largestPage}, the largest page of the plan ${plan.name}`,
  )
}
