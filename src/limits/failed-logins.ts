// How many credentials that are not good an address may send before it is told to wait.

import type { Authenticate } from '../access/access.ts'
import { network } from '../access/address.ts'
import type { Source } from '../access/caller.ts'
import { Problem } from '../http/problem.ts'
import type { QuotaPolicy } from '../http/rate-limit-fields.ts'
import { Recent } from '../store/recent.ts'
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
 * Only failures ask the store, so that good credentials cost nothing. Of several instances, each learns from its own
 * next failure that an address is blocked; the failures of a blocked address ask nobody.
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

  /** Counts a failure. Gives for how many seconds the address is refused from now on; 0 where it is not. */
  async record({ ip }: Source): Promise<number> {
    if (this.#policies.length === 0) return 0
    const address = network(ip)
    const { standings } = await this.#store.take(`failed-login:${address}`, this.#policies)
    const now = this.#clock()
    const blocked = standings.flatMap(({ remaining, reset }, index) =>
      remaining > 0 ? [] : { policy: this.#policies[index]?.name ?? '', until: now + reset },
    )
    if (blocked.length > 0) this.#blocked.set(address, blocked)
    return Math.ceil(Math.max(0, ...blocked.map(({ until }) => until - now)) / 1000)
  }
}

/** Told when an address is refused from now on, and for how many seconds. */
export type OnLock = (source: Source, seconds: number) => void

/**
 * The same, but an address that fails too often is told to wait. Good credentials are taken from every address: a key
 * has too many bits to be guessed, and one caller with an old key must not lock out all those it shares an address with.
 */
export function guardLogins(logins: FailedLogins, authenticate: Authenticate, onLock: OnLock): Authenticate {
  const refuse = async (error: unknown, source: Source): Promise<never> => {
    if (!(error instanceof Problem) || error.status !== 401) throw error
    logins.requireRoom(source)
    const seconds = await logins.record(source)
    if (seconds > 0) onLock(source, seconds)
    throw error
  }
  return (authorization, source) => {
    try {
      const found = authenticate(authorization, source)
      return found instanceof Promise ? found.catch(error => refuse(error, source)) : found
    } catch (error) {
      return refuse(error, source)
    }
  }
}
