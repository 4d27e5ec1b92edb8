// What a response says about the caller's quotas (draft-ietf-httpapi-ratelimit-headers-11).

import { Problem } from '../http/problem.ts'
import {
  type QuotaPolicy,
  retryAfter,
  type ServiceLimit,
  type WindowState,
} from '../http/rate-limit-fields.ts'

/** What is left of each policy, in whole seconds. */
export function toServiceLimits(
  policies: readonly QuotaPolicy[],
  windows: readonly WindowState[],
): ServiceLimit[] {
  return policies.map(({ name }, index) => {
    const { remaining = 0, reset = 0 } = windows[index] ?? {}
    return { name, remaining, reset: Math.ceil(reset / 1000) }
  })
}

/** 429 until the exhausted quotas are back (§5.1). */
export function quotaExceeded(limits: readonly ServiceLimit[]): Problem {
  const exhausted = limits.filter(({ remaining }) => remaining === 0)
  const seconds = retryAfter(exhausted)
  return new Problem('quotaExceeded', {
    detail: `Too many requests. Try again in ${seconds} seconds.`,
    headers: { 'retry-after': String(seconds) },
    extensions: { 'violated-policies': exhausted.map(({ name }) => name) },
  })
}
