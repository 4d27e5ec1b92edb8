// Counts the requests of several instances together, in a server that speaks the Redis protocol.

import { Redis } from 'ioredis'
import type { QuotaPolicy } from '../http/rate-limit-fields.ts'
import type { Log } from '../resource/resource.ts'
import type { Consumption, LimitStore } from './limit-store.ts'
import { MemoryLimitStore } from './memory-limit-store.ts'

/** How long a request waits for the server, in milliseconds. */
const timeout = 500
/** How long to wait before the server is tried again while it is away, in milliseconds. */
const retryDelay = 1000

/**
 * One round trip, all or nothing. It uses the server's time, so instances need no common clock. Returns 1 or 0, and then
 * for each key its count and the milliseconds that are left.
 */
const consumeScript = `
local granted = 1
local cost = tonumber(ARGV[#ARGV])
for i, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') + cost > tonumber(ARGV[2 * i - 1]) then granted = 0 end
end
local answer = { granted }
for i, key in ipairs(KEYS) do
  if granted == 1 then redis.call('INCRBY', key, cost) end
  local left = redis.call('PTTL', key)
  if left < 0 then
    redis.call('PEXPIRE', key, ARGV[2 * i])
    left = tonumber(ARGV[2 * i])
  end
  answer[2 * i] = tonumber(redis.call('GET', key) or '0')
  answer[2 * i + 1] = left
end
return answer`

/** A window that ends later than the one that was consumed is another window. */
const refundScript = `
for i, key in ipairs(KEYS) do
  local left = redis.call('PTTL', key)
  if left >= 0 and left <= tonumber(ARGV[i]) and tonumber(redis.call('GET', key)) > 0 then redis.call('DECR', key) end
end`

interface Scripts {
  consumeQuota(count: number, ...keysAndArguments: (string | number)[]): Promise<number[]>
  refundQuota(count: number, ...keysAndArguments: (string | number)[]): Promise<unknown>
}

/**
 * While the server is away, each instance counts alone: callers are served, and may get the quota once from each
 * instance.
 */
export class RedisLimitStore implements LimitStore {
  readonly #redis: Redis & Scripts
  readonly #local = new MemoryLimitStore(() => performance.now())
  readonly #log: Log
  #away = false
  #lastTry = 0

  /** Waits only briefly for the connection, because the service can start without it. */
  static async open(url: string, log: Log): Promise<RedisLimitStore> {
    const store = new RedisLimitStore(url, log)
    await within(timeout, store.#redis.connect()).catch((error: Error) => store.#goAway(error))
    return store
  }

  private constructor(url: string, log: Log) {
    this.#log = log
    this.#redis = createClient(url)
    this.#redis.on('error', (error: Error) => this.#goAway(error))
  }

  async consume(caller: string, policies: readonly QuotaPolicy[], cost = 1): Promise<Consumption> {
    if (!this.#away)
      try {
        const limits = policies.flatMap(({ quota, window }) => [quota, window * 1000])
        const answer = this.#redis.consumeQuota(
          policies.length,
          ...keysOf(caller, policies),
          ...limits,
          cost,
        )
        return toConsumption(policies, await within(timeout, answer))
      } catch (error) {
        this.#goAway(error as Error)
      }
    this.#tryAgain()
    return this.#local.consume(caller, policies, cost)
  }

  refund(caller: string, policies: readonly QuotaPolicy[], consumption: Consumption): void {
    this.#local.refund(caller, policies, consumption)
    if (this.#away) return
    const ends = consumption.windows.map(({ reset }) => reset)
    const done = this.#redis.refundQuota(policies.length, ...keysOf(caller, policies), ...ends)
    within(timeout, done).catch((error: Error) => this.#goAway(error))
  }

  async close(): Promise<void> {
    await within(timeout, this.#redis.quit()).catch(() => this.#redis.disconnect())
    await this.#local.close()
  }

  /** Requests do not wait for this. */
  #tryAgain(): void {
    const now = performance.now()
    if (now - this.#lastTry < retryDelay) return
    this.#lastTry = now
    within(timeout, this.#redis.ping()).then(
      () => this.#comeBack(),
      () => {}, // It is still away, which has been logged.
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

/** The message does not show the address: if it cannot be read, a part of the password may be anywhere in it. */
function requireAddress(url: string): void {
  const { pathname, search, hash, password } = URL.parse(url) ?? {
    pathname: '@',
    search: '',
    hash: '',
    password: '',
  }
  if (!/[@#]/.test(pathname + search + hash) && !/%(?![\da-f]{2})/i.test(password)) return
  const advice =
    'percent-encode special characters in its password (@ as %40, / as %2F, # as %23, % as %25)'
  throw new Error(`REDIS_URL cannot be read: ${advice}.`)
}

function createClient(url: string): Redis & Scripts {
  requireAddress(url)
  const redis = new Redis(url, {
    protocol: 2,
    disableClientInfo: true,
    lazyConnect: true,
    connectTimeout: 1000,
    // A connection that has become silent is replaced.
    socketTimeout: 10 * timeout,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: times => Math.min(times * 100, retryDelay),
    // After a failover the former primary is read-only.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
  })
  redis.defineCommand('consumeQuota', { lua: consumeScript })
  redis.defineCommand('refundQuota', { lua: refundScript })
  return redis as Redis & Scripts
}

/**
 * Before the time is up, sockets are read once more, so that a reply counts that arrived while this process was busy. (The
 * client's own `commandTimeout` would blame the server for a delay of this process.)
 */
function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error(`no answer within ${milliseconds} ms`))
    const timer = setTimeout(() => setImmediate(giveUp), milliseconds)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** The braces keep all keys of one caller on the same node of a cluster. */
function keysOf(caller: string, policies: readonly QuotaPolicy[]): string[] {
  return policies.map(({ name }) => `restwell:limit:{${caller}}:${name}`)
}

function toConsumption(
  policies: readonly QuotaPolicy[],
  [granted, ...numbers]: readonly number[],
): Consumption {
  const windows = policies.map(({ quota }, index) => ({
    remaining: Math.max(0, quota - (numbers[2 * index] ?? 0)),
    reset: numbers[2 * index + 1] ?? 0,
  }))
  return { granted: granted === 1, windows }
}
