// The parts of limits: the plans, and the stores that count.

import { type Counted, isNameless } from '../access/caller.ts'
import { FailedLogins } from './failed-logins.ts'
import type { LimitStore } from './limit-store.ts'
import type { Plan, Plans } from './plan.ts'

export interface Limits {
  readonly plans: Plans
  readonly store: LimitStore
  readonly logins: FailedLogins
}

/** `clock` returns milliseconds that never go back. */
export function createLimits(plans: Plans, store: LimitStore, clock = monotonicClock): Limits {
  return { plans, store, logins: new FailedLogins(store, plans.failedLogins, clock) }
}

/** Not the time of day: windows keep their length even if the machine's clock is set. */
export function monotonicClock(): number {
  return performance.now()
}

export function planOf({ byName, default: fallback, anonymous }: Plans, caller: Counted): Plan {
  if (isNameless(caller)) return anonymous
  return (caller.plan === undefined ? undefined : byName.get(caller.plan)) ?? fallback
}
