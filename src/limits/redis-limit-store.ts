// Requests of several instances counted together, in a server of the Redis protocol.

import { Redis } from 'ioredis'
import type { QuotaPolicy } from '../http/rate-limit-fields.ts'
import type { Log } from '../resource/resource.ts'
import type { LimitStore, Taken } from './limit-store.ts'
import { MemoryLimitStore } from './memory-limit-store.ts'

/** How long an answer may take, in milliseconds; a request waits no longer for it. */
const patience = 500
/** While the server is away, it is tried again so often, in milliseconds. */
const pause = 1000

/**
 * One round trip, all or nothing. The time is the server's own: instances need no common clock. Gives 1 or 0, then the
 * count and the milliseconds left of each key.
 */
const takeScript = `
local granted = 1
for i, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[2 * i - 1]) then granted = 0 end
end
local answer = { granted }
for i, key in ipairs(KEYS) do
  if granted == 1 then redis.call('INCR', key) end
  local left = redis.call('PTTL', key)
  if left < 0 then
    redis.call('PEXPIRE', key, ARGV[2 * i])
    left = tonumber(ARGV[2 * i])
  end
  answer[2 * i] = tonumber(redis.call('GET', key) or '0')
  answer[2 * i + 1] = left
end
return answer`

/** A window that ends later than that of the `take` could is another. */
const giveBackScript = `
for i, key in ipairs(KEYS) do
  local left = redis.call('PTTL', key)
  if left >= 0 and left <= tonumber(ARGV[i]) and tonumber(redis.call('GET', key)) > 0 then redis.call('DECR', key) end
end`

interface Scripts {
  takeQuota(count: number, ...keysAndArguments: (string | number)[]): Promise<number[]>
  giveBackQuota(count: number, ...keysAndArguments: (string | number)[]): Promise<unknown>
}

/**
 * While the server is away, each instance counts by itself: callers are served, and get at most as many times the quota
 * as there are instances.
 */
export class RedisLimitStore implements LimitStore {
  readonly #redis: Redis & Scripts
  readonly #local = new MemoryLimitStore(() => performance.now())
  readonly #log: Log
  #away = false
  #lastTry = 0

  /** Waits for the connection, but not for long: the service starts without it as well. */
  static async open(url: string, log: Log): Promise<RedisLimitStore> {
    const store = new RedisLimitStore(url, log)
    await within(patience, store.#redis.connect()).catch((error: Error) => store.#goAway(error))
    return store
  }

  private constructor(url: string, log: Log) {
    this.#log = log
    this.#redis = createClient(url)
    this.#redis.on('error', (error: Error) => this.#goAway(error))
  }

  async take(caller: string, policies: readonly QuotaPolicy[]): Promise<Taken> {
    if (!this.#away)
      try {
        const limits = policies.flatMap(({ quota, window }) => [quota, window * 1000])
        const answer = this.#redis.takeQuota(policies.length, ...keysOf(caller, policies), ...limits)
        return toTaken(policies, await within(patience, answer))
      } catch (error) {
        this.#goAway(error as Error)
      }
    this.#tryAgain()
    return this.#local.take(caller, policies)
  }

  giveBack(caller: string, policies: readonly QuotaPolicy[], taken: Taken): void {
    this.#local.giveBack(caller, policies, taken)
    if (this.#away) return
    const ends = taken.standings.map(({ reset }) => reset)
    const done = this.#redis.giveBackQuota(policies.length, ...keysOf(caller, policies), ...ends)
    within(patience, done).catch((error: Error) => this.#goAway(error))
  }

  async close(): Promise<void> {
    await within(patience, this.#redis.quit()).catch(() => this.#redis.disconnect())
    await this.#local.close()
  }

  /** Beside the requests: they do not wait for it. */
  #tryAgain(): void {
    const now = performance.now()
    if (now - this.#lastTry < pause) return
    this.#lastTry = now
    within(patience, this.#redis.ping()).then(
      () => this.#comeBack(),
      () => {}, // It is still away, which has been said.
    )
  }

  #goAway({ message }: Error): void {
    if (this.#away) return
    this.#away = true
    this.#lastTry = performance.now()
    // Not the error itself, which may hold the password.
    this.#log.error(
      { reason: message },
      'the limit store of REDIS_URL is away: until it is back, each instance counts alone',
    )
  }

  #comeBack(): void {
    this.#away = false
    this.#log.info({}, 'the limit store of REDIS_URL is back')
  }
}

/** Says nothing of the address: where it cannot be read, a part of the password may stand anywhere in it. */
function requireAddress(url: string): void {
  const { pathname, search, hash, password } = URL.parse(url) ?? { pathname: '@', search: '', hash: '', password: '' }
  if (!/[@#]/.test(pathname + search + hash) && !/%(?![\da-f]{2})/i.test(password)) return
  const advice = 'percent-encode what is special in its password (@ is %40, / is %2F, # is %23, % is %25)'
  throw new Error(`REDIS_URL cannot be read: ${advice}.`)
}

function createClient(url: string): Redis & Scripts {
  requireAddress(url)
  const redis = new Redis(url, {
    protocol: 2,
    disableClientInfo: true,
    lazyConnect: true,
    connectTimeout: 1000,
    // A connection on which nothing comes any more is given up for another.
    socketTimeout: 10 * patience,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: times => Math.min(times * 100, pause),
    // After a failover: what was the first server does not write any more.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
  })
  redis.defineCommand('takeQuota', { lua: takeScript })
  redis.defineCommand('giveBackQuota', { lua: giveBackScript })
  return redis as Redis & Scripts
}

/**
 * What has arrived while this process was busy counts: sockets are read once more before the time is up. (The client's
 * own `commandTimeout` would take its own process's delay for the server's.)
 */
function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error(`no answer within ${milliseconds} ms`))
    const timer = setTimeout(() => setImmediate(giveUp), milliseconds)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** The braces keep the keys of one caller on one node of a cluster. */
function keysOf(caller: string, policies: readonly QuotaPolicy[]): string[] {
  return policies.map(({ name }) => `restwell:limit:{${caller}}:${name}`)
}

function toTaken(policies: readonly QuotaPolicy[], [granted, ...numbers]: readonly number[]): Taken {
  const standings = policies.map(({ quota }, index) => ({
    remaining: Math.max(0, quota - (numbers[2 * index] ?? 0)),
    reset: numbers[2 * index + 1] ?? 0,
  }))
  return { granted: granted === 1, standings }
}
