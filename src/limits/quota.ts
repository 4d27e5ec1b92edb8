// What a caller is told of its quotas (draft-ietf-httpapi-ratelimit-headers-11).

import { Problem } from '../http/problem.ts'
import { type QuotaPolicy, retryAfter, type ServiceLimit, type Standing } from '../http/rate-limit-fields.ts'

/** What is left of each policy, in whole seconds. */
export function toServiceLimits(policies: readonly QuotaPolicy[], standings: readonly Standing[]): ServiceLimit[] {
  return policies.map(({ name }, index) => {
    const { remaining = 0, reset = 0 } = standings[index] ?? {}
    return { name, remaining, reset: Math.ceil(reset / 1000) }
  })
}

/** 429: no more until the quotas that are used up are back (§5.1). */
export function quotaExceeded(limits: readonly ServiceLimit[]): Problem {
  const exhausted = limits.filter(({ remaining }) => remaining === 0)
  const seconds = retryAfter(exhausted)
  return new Problem('quotaExceeded', {
    detail: `Too many requests: there are more in ${seconds} seconds.`,
    headers: { 'retry-after': String(seconds) },
    extensions: { 'violated-policies': exhausted.map(({ name }) => name) },
  })
}
