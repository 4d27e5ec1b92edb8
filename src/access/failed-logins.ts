// Bounds guessing: how many credentials that are not good an address may send before they are not looked at any more.

import type { QuotaPolicy } from '../http/rate-limit-fields.ts'
import { Recent } from '../store/recent.ts'
import { network } from './caller.ts'
import type { LimitStore } from './limit-store.ts'
import { quotaExceeded } from './quota.ts'

/** An address that gives way here is known again by its next failure. */
const maxBlocked = 10_000

interface Blocked {
  readonly policy: string
  /** By the clock. */
  readonly until: number
}

/**
 * Only failures ask the store, so that good credentials cost nothing: of several instances, each learns by its own next
 * failure that an address is blocked.
 */
export class FailedLogins {
  readonly #store: LimitStore
  readonly #policies: readonly QuotaPolicy[]
  readonly #clock: () => number
  readonly #blocked = new Recent<string, readonly Blocked[]>(maxBlocked)

  /** `clock` gives milliseconds that never go back. */
  constructor(store: LimitStore, policies: readonly QuotaPolicy[], clock: () => number) {
    this.#store = store
    this.#policies = policies
    this.#clock = clock
  }

  /** Throws a `Problem` (429) for an address that has failed too often. */
  requireRoom(ip: string): void {
    const now = this.#clock()
    const blocked = this.#blocked.get(network(ip))?.filter(({ until }) => until > now) ?? []
    if (blocked.length === 0) return
    throw quotaExceeded(
      blocked.map(({ policy, until }) => ({ name: policy, remaining: 0, reset: Math.ceil((until - now) / 1000) })),
    )
  }

  /** Counts a failure. */
  async record(ip: string): Promise<void> {
    if (this.#policies.length === 0) return
    const address = network(ip)
    const { standings } = await this.#store.take(`failed-login:${address}`, this.#policies)
    const now = this.#clock()
    const blocked = standings.flatMap(({ remaining, reset }, index) =>
      remaining > 0 ? [] : { policy: this.#policies[index]?.name ?? '', until: now + reset },
    )
    if (blocked.length > 0) this.#blocked.set(address, blocked)
  }
}
