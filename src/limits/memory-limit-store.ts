// Requests counted in the memory of this process.

import type { QuotaPolicy, Standing } from '../http/rate-limit-fields.ts'
import type { LimitStore, Taken } from './limit-store.ts'

interface Window {
  count: number
  /** By the clock of the store. */
  readonly end: number
}

/** How many callers of one policy are remembered; beyond, the one whose window ends first is forgotten. */
const maxCallers = 100_000

export class MemoryLimitStore implements LimitStore {
  readonly #clock: () => number
  readonly #maxCallers: number
  /** By the name of the policy, then by the caller. */
  readonly #windows = new Map<string, Map<string, Window>>()

  /** `clock` gives milliseconds that never go back. */
  constructor(clock: () => number, max = maxCallers) {
    this.#clock = clock
    this.#maxCallers = max
  }

  take(caller: string, policies: readonly QuotaPolicy[]): Taken {
    const now = this.#clock()
    const known = policies.map(policy => this.#find(caller, policy, now))
    const granted = policies.every(({ quota }, index) => (known[index]?.count ?? 0) < quota)
    const standings = policies.map((policy, index) => {
      const window = granted ? (known[index] ?? this.#begin(caller, policy, now)) : known[index]
      if (granted && window !== undefined) window.count++
      return standing(policy, window, now)
    })
    return { granted, standings }
  }

  giveBack(caller: string, policies: readonly QuotaPolicy[], { standings }: Taken): void {
    const now = this.#clock()
    policies.forEach((policy, index) => {
      const window = this.#find(caller, policy, now)
      // One that ends later than that of the `take` could is another.
      const isSame = window !== undefined && window.end - now <= (standings[index]?.reset ?? 0)
      if (isSame && window.count > 0) window.count--
    })
  }

  async close(): Promise<void> {
    this.#windows.clear()
  }

  #find(caller: string, policy: QuotaPolicy, now: number): Window | undefined {
    const window = this.#windows.get(policy.name)?.get(caller)
    return window !== undefined && window.end > now ? window : undefined
  }

  #begin(caller: string, policy: QuotaPolicy, now: number): Window {
    const callers = this.#windows.get(policy.name) ?? new Map<string, Window>()
    this.#windows.set(policy.name, callers)
    callers.delete(caller)
    makeRoom(callers, this.#maxCallers, now)
    const window = { count: 0, end: now + policy.window * 1000 }
    callers.set(caller, window)
    return window
  }
}

/** The windows of one policy are equally long, so they stand in the order in which they end. */
function makeRoom(callers: Map<string, Window>, max: number, now: number): void {
  for (const [caller, { end }] of callers) {
    if (end > now && callers.size < max) return
    callers.delete(caller)
  }
}

function standing({ quota, window: length }: QuotaPolicy, window: Window | undefined, now: number): Standing {
  if (window === undefined) return { remaining: quota, reset: length * 1000 }
  return { remaining: Math.max(0, quota - window.count), reset: window.end - now }
}
