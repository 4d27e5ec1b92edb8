// Limits of a test: plans of its own, and a clock that goes only when it is told to.

import { createLimits, type Limits } from '../../src/limits/limits.ts'
import { MemoryLimitStore } from '../../src/limits/memory-limit-store.ts'
import type { Plans } from '../../src/limits/plan.ts'
import { parsePlans } from '../../src/limits/plans-file.ts'

/** A plan as the file has it; what a test does not say is not limited. */
export interface PlanText {
  readonly requests_per_minute?: number
  readonly requests_per_day?: number
  readonly largest_page?: number
  readonly largest_body?: number
}

export interface PlansText {
  readonly anonymous?: PlanText
  readonly free?: PlanText
  readonly gold?: PlanText
  readonly failed_logins?: PlanText
}

/** Plans for callers without credentials, for others, and one that must be asked for. */
export function plansOf({
  anonymous = {},
  free = {},
  gold = {},
  failed_logins = {},
}: PlansText): Plans {
  const file = {
    default: 'free',
    anonymous: 'anonymous',
    failed_logins,
    plans: { anonymous, free, gold },
  }
  return parsePlans('plans.yaml', JSON.stringify(file))
}

export class TestClock {
  #now = 1_000_000

  readonly now = () => this.#now

  /** In seconds. */
  advance(seconds: number): void {
    this.#now += seconds * 1000
  }
}

export function limitsOf(plans: PlansText, { now }: TestClock): Limits {
  return createLimits(plansOf(plans), new MemoryLimitStore(now), now)
}
