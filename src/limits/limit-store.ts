// The contract of a store that counts requests: in memory for one instance, or shared by several.

import type { QuotaPolicy, WindowState } from '../http/rate-limit-fields.ts'

export interface Consumption {
  /** False if a quota was exhausted, or had less left than the cost; then nothing was counted. */
  readonly granted: boolean
  /** One for each policy, in the order of the policies. */
  readonly windows: readonly WindowState[]
}

/**
 * A count belongs to a caller and the name of a policy: a caller who moves to another plan keeps what it has used, if a
 * policy there has the same name. Windows are fixed: each begins with the caller's first request in it, and when it ends,
 * the whole quota is back. So the remaining quota and its time are exact, callers do not return all at once, and within
 * the length of one window no caller gets more than twice the quota.
 */
export interface LimitStore {
  /** Counts a request in each policy, or in none: once, or as `cost` of them. */
  consume(
    caller: string,
    policies: readonly QuotaPolicy[],
    cost?: number,
  ): Consumption | Promise<Consumption>
  /** Undoes a consumption that was granted, except in windows that have ended. */
  refund(caller: string, policies: readonly QuotaPolicy[], consumption: Consumption): void
  close(): Promise<void>
}
