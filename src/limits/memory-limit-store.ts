// Counts requests in the memory of this process.

import type { QuotaPolicy, WindowState } from '../http/rate-limit-fields.ts'
import type { Consumption, LimitStore } from './limit-store.ts'

interface Window {
  count: number
  /** A time of the store's clock. */
  readonly end: number
}

/** How many callers of one policy are remembered. Beyond that, the caller whose window ends first is forgotten. */
const maxCallers = 100_000

export class MemoryLimitStore implements LimitStore {
  readonly #clock: () => number
  readonly #maxCallers: number
  /** By the name of the policy, then by the caller. */
  readonly #windows = new Map<string, Map<string, Window>>()

  /** `clock` returns milliseconds that never go back. */
  constructor(clock: () => number, max = maxCallers) {
    this.#clock = clock
    this.#maxCallers = max
  }

  consume(caller: string, policies: readonly QuotaPolicy[], cost = 1): Consumption {
    const now = this.#clock()
    const known = policies.map(policy => this.#find(caller, policy, now))
    const granted = policies.every(({ quota }, index) => (known[index]?.count ?? 0) + cost <= quota)
    const windows = policies.map((policy, index) => {
      const window = granted ? (known[index] ?? this.#begin(caller, policy, now)) : known[index]
      if (granted && window !== undefined) window.count += cost
      return windowState(policy, window, now)
    })
    return { granted, windows }
  }

  refund(caller: string, policies: readonly QuotaPolicy[], { windows }: Consumption): void {
    const now = this.#clock()
    policies.forEach((policy, index) => {
      const window = this.#find(caller, policy, now)
      // A window that ends later than the one that was consumed is another window.
      const isSame = window !== undefined && window.end - now <= (windows[index]?.reset ?? 0)
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
    makeRoom(callers, this.#maxCallers, now)
    const window = { count: 0, end: now + policy.window * 1000 }
    callers.set(caller, window)
    return window
  }
}

/** All windows of a policy have the same length, so the map has them in the order in which they end. */
function makeRoom(callers: Map<string, Window>, max: number, now: number): void {
  for (const [caller, { end }] of callers) {
    if (end > now && callers.size < max) return
    callers.delete(caller)
  }
}

function windowState(
  { quota, window: length }: QuotaPolicy,
  window: Window | undefined,
  now: number,
): WindowState {
  if (window === undefined) return { remaining: quota, reset: length * 1000 }
  return { remaining: Math.max(0, quota - window.count), reset: window.end - now }
}
