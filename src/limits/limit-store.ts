// The contract of what counts requests: in memory for one instance, shared for several.

import type { QuotaPolicy, Standing } from '../http/rate-limit-fields.ts'

export interface Taken {
  /** False where a quota was exhausted; then nothing was counted. */
  readonly granted: boolean
  /** One for each policy, in their order. */
  readonly standings: readonly Standing[]
}

/**
 * A count belongs to a caller and the name of a policy: under another plan whose policy has the same name, a caller goes
 * on with what it has used. Windows are fixed: each begins with the caller's first request in it, and its
 * quota is back when it ends. So the remaining quota and the time are exact, callers do not come back all at once, and no
 * caller gets more than twice the quota in any time as long as a window.
 */
export interface LimitStore {
  /** Counts a request once by each policy, or not at all. */
  take(caller: string, policies: readonly QuotaPolicy[]): Taken | Promise<Taken>
  /** Undoes a `take` that was granted, unless its window has ended. */
  giveBack(caller: string, policies: readonly QuotaPolicy[], taken: Taken): void
  close(): Promise<void>
}
