// The contract of what counts requests, by one table for every store: in memory, and over the Redis protocol.

import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import type { Consumption, LimitStore } from '../../src/limits/limit-store.ts'
import { MemoryLimitStore } from '../../src/limits/memory-limit-store.ts'
import { RedisLimitStore } from '../../src/limits/redis-limit-store.ts'
import { TestClock } from '../support/limits.ts'
import { startRedis, withoutRedis } from '../support/redis.ts'

const minute = { name: 'minute', quota: 2, window: 60 }
const day = { name: 'day', quota: 3, window: 86_400 }
/** Of another plan: other quotas under the same names. */
const larger = [
  { ...minute, quota: 4 },
  { ...day, quota: 9 },
]
const smaller = [{ ...minute, quota: 1 }]

type Policies = readonly (typeof minute)[]
type Step = [
  caller: string,
  policies: Policies,
  expected: readonly [granted: boolean, ...remaining: number[]],
]

const table: Record<string, readonly Step[]> = {
  'a refused request is counted by none of its policies': [
    ['a', [minute, day], [true, 1, 2]],
    ['a', [minute, day], [true, 0, 1]],
    ['a', [minute, day], [false, 0, 1]],
    ['a', [day], [true, 0]],
    ['a', [day], [false, 0]],
    ['a', [minute, day], [false, 0, 0]],
  ],
  'callers are counted apart': [
    ['a', [minute], [true, 1]],
    ['b', [minute], [true, 1]],
    ['a', [minute], [true, 0]],
    ['b', [minute], [true, 0]],
    ['A', [minute], [true, 1]],
  ],
  'policies of different names are counted apart': [
    ['a', [{ ...minute, name: 'failed-logins-per-minute' }], [true, 1]],
    ['a', [minute], [true, 1]],
  ],
  'policies of one name are counted together, though they are of different plans': [
    ['a', [minute, day], [true, 1, 2]],
    ['a', larger, [true, 2, 7]],
    ['a', [minute, day], [false, 0, 1]],
    ['a', larger, [true, 1, 6]],
    ['a', smaller, [false, 0]],
    ['a', [{ ...minute }, { ...day }], [false, 0, 0]],
    ['a', larger, [true, 0, 5]],
  ],
  'a refusal begins no window': [
    ['a', [day], [true, 2]],
    ['a', [{ ...minute, quota: 0 }, day], [false, 0, 2]],
    ['a', [minute], [true, 1]],
  ],
  'without a policy everything is granted': [['a', [], [true]]],
}

function remaining({ granted, windows }: Consumption): unknown[] {
  return [granted, ...windows.map(window => window.remaining)]
}

/** `another` is a second instance of what the first counts in. */
async function hold(t: Test, store: LimitStore, another: LimitStore): Promise<void> {
  for (const [title, steps] of Object.entries(table)) {
    const test = randomUUID()
    for (const [index, [caller, policies, expected]] of steps.entries()) {
      const consumption = await (index % 2 === 0 ? store : another).consume(
        `${test}${caller}`,
        policies,
      )
      t.strictSame(remaining(consumption), expected, `${title}: ${index}`)
      for (const [at, { reset }] of consumption.windows.entries()) {
        const length = (policies[at]?.window ?? 0) * 1000
        t.ok(reset > length - 30_000 && reset <= length, `${title}: ${index}: ${reset} ms are left`)
      }
    }
  }
  await holdGivingBack(t, store, another)
}

async function holdGivingBack(t: Test, store: LimitStore, another: LimitStore): Promise<void> {
  const [a, b] = [randomUUID(), randomUUID()]
  const first = await store.consume(a, [minute, day])
  await store.consume(a, [minute, day])
  another.refund(a, [minute, day], first)
  // Behind the answer to this, what was given back is there.
  await another.consume(b, [minute])
  t.strictSame(
    remaining(await store.consume(a, [minute, day])),
    [true, 0, 1],
    'it can be consumed again, once',
  )
  store.refund(a, [minute], { granted: true, windows: [{ remaining: 0, reset: 0 }] })
  t.strictSame(
    remaining(await store.consume(a, [minute])),
    [false, 0],
    'that of an earlier window cannot',
  )
  store.refund(a, [{ ...minute, quota: 9 }], first)
  t.strictSame(
    remaining(await store.consume(a, [minute])),
    [true, 0],
    'under the policy of another plan',
  )
  const nobody = randomUUID()
  store.refund(nobody, [minute], first)
  t.strictSame(
    remaining(await store.consume(nobody, [minute])),
    [true, 1],
    'never more than the quota',
  )
}

t.test('in memory', async t => {
  const store = new MemoryLimitStore(new TestClock().now)
  await hold(t, store, store)
})

const log = { info: () => {}, warn: () => {}, error: () => {} }

t.test('over the Redis protocol, of two instances', { skip: withoutRedis }, async t => {
  const { url } = await startRedis(t)
  const [store, another] = [
    await RedisLimitStore.open(url, log),
    await RedisLimitStore.open(url, log),
  ]
  t.teardown(() => Promise.all([store.close(), another.close()]))
  await hold(t, store, another)
})
