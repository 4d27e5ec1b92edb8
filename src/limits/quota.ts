// The fields of a response about the caller's quotas (draft-ietf-httpapi-ratelimit-headers-11).

import { Problem } from '../http/problem.ts'
import {
  type QuotaPolicy,
  retryAfter,
  type ServiceLimit,
  type WindowState,
} from '../http/rate-limit-fields.ts'

/** The remaining quota of each policy, in whole seconds. */
export function toServiceLimits(
  policies: readonly QuotaPolicy[],
  windows: readonly WindowState[],
): ServiceLimit[] {
  return policies.map(({ name }, index) => {
    const { remaining = 0, reset = 0 } = windows[index] ?? {}
    return { name, remaining, reset: Math.ceil(reset / 1000) }
  })
}

/** 429 until the exhausted quotas are back (§5.1). `cost`: what was wanted of them. */
export function quotaExceeded(limits: readonly ServiceLimit[], cost = 1): Problem {
  const exhausted = limits.filter(({ remaining }) => remaining < cost)
  const seconds = retryAfter(exhausted)
  const detail =
    cost === 1
      ? 'Too many requests.'
      : `Too many rows: each counts as a request, and fewer than ${cost} are left.`
  return new Problem('quotaExceeded', {
    detail: `${detail} Try again in ${seconds} seconds.`,
    headers: { 'retry-after': String(seconds) },
    extensions: { 'violated-policies': exhausted.map(({ name }) => name) },
  })
}
