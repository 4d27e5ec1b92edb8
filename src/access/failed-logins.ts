// Bounds guessing: how many credentials that are not good an address may send before they are not looked at any more.

import { Problem } from '../http/problem.ts'
import type { QuotaPolicy } from '../http/rate-limit-fields.ts'
import { Recent } from '../store/recent.ts'
import type { Authenticate } from './access.ts'
import { network } from './address.ts'
import type { Source } from './caller.ts'
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
  requireRoom(source: Source): void {
    if (this.#blocked.size === 0) return
    const now = this.#clock()
    const blocked = this.#blocked.get(network(source.ip))?.filter(({ until }) => until > now) ?? []
    if (blocked.length === 0) return
    throw quotaExceeded(
      blocked.map(({ policy, until }) => ({ name: policy, remaining: 0, reset: Math.ceil((until - now) / 1000) })),
    )
  }

  /** Counts a failure. */
  async record({ ip }: Source): Promise<void> {
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

/** The same, but an address that guesses is refused before its credentials are looked at. */
export function guardLogins(logins: FailedLogins, authenticate: Authenticate): Authenticate {
  const count = async (error: unknown, source: Source): Promise<never> => {
    if (error instanceof Problem && error.status === 401) await logins.record(source)
    throw error
  }
  return (authorization, source) => {
    if (authorization !== undefined) logins.requireRoom(source)
    try {
      const found = authenticate(authorization, source)
      return found instanceof Promise ? found.catch(error => count(error, source)) : found
    } catch (error) {
      return count(error, source)
    }
  }
}
