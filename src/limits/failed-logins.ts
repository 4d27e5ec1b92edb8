// How many wrong credentials an address may send before it has to wait.

import type { Authenticate } from '../access/access.ts'
import { addressGroup } from '../access/address.ts'
import type { Source } from '../access/caller.ts'
import { Problem } from '../http/problem.ts'
import type { QuotaPolicy } from '../http/rate-limit-fields.ts'
import { LruMap } from '../store/lru-map.ts'
import type { LimitStore } from './limit-store.ts'
import { quotaExceeded } from './quota.ts'

/** An address that is dropped from here is blocked again by its next failure. */
const maxBlocked = 10_000

interface Blocked {
  readonly policy: string
  /** A time of the clock. */
  readonly until: number
}

/**
 * Only a failure asks the store, so good credentials cost nothing. Each of several instances learns from the next failure
 * that it sees that an address is blocked. The failures of a blocked address do not ask the store.
 */
export class FailedLogins {
  readonly #store: LimitStore
  readonly #policies: readonly QuotaPolicy[]
  readonly #clock: () => number
  readonly #blocked = new LruMap<string, readonly Blocked[]>(maxBlocked)

  /** `clock` returns milliseconds that never go back. */
  constructor(store: LimitStore, policies: readonly QuotaPolicy[], clock: () => number) {
    this.#store = store
    this.#policies = policies
    this.#clock = clock
  }

  /** Throws a `Problem` (429) for an address that has failed too often. */
  requireRoom(source: Source): void {
    if (this.#blocked.size === 0) return
    const now = this.#clock()
    const blocked =
      this.#blocked.get(addressGroup(source.ip))?.filter(({ until }) => until > now) ?? []
    if (blocked.length === 0) return
    throw quotaExceeded(
      blocked.map(({ policy, until }) => ({
        name: policy,
        remaining: 0,
        reset: Math.ceil((until - now) / 1000),
      })),
    )
  }

  /**
   * Counts a failure. Returns for how many seconds the address is refused from now on, or 0. Throws a `Problem` (429) if it
   * was to be refused already, as another instance knew.
   */
  async record(source: Source): Promise<number> {
    if (this.#policies.length === 0) return 0
    const address = addressGroup(source.ip)
    const { granted, windows } = await this.#store.consume(
      `failed-login:${address}`,
      this.#policies,
    )
    const now = this.#clock()
    const blocked = windows.flatMap(({ remaining, reset }, index) =>
      remaining > 0 ? [] : { policy: this.#policies[index]?.name ?? '', until: now + reset },
    )
    if (blocked.length > 0) this.#blocked.set(address, blocked)
    if (!granted) this.requireRoom(source)
    return Math.ceil(Math.max(0, ...blocked.map(({ until }) => until - now)) / 1000)
  }
}

/** Called when an address is refused from now on, with the number of seconds. */
export type OnLock = (source: Source, seconds: number) => void

/**
 * Adds the block to `authenticate`. Good credentials are accepted even from a blocked address: a key has too many bits to
 * be guessed, and a caller with an old key must not lock out others at the same address.
 */
export function guardLogins(
  logins: FailedLogins,
  authenticate: Authenticate,
  onLock: OnLock,
): Authenticate {
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
