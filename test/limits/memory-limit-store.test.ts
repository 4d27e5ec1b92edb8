import t from 'tap'
import type { Consumption } from '../../src/limits/limit-store.ts'
import { MemoryLimitStore } from '../../src/limits/memory-limit-store.ts'
import { TestClock } from '../support/limits.ts'

const minute = { name: 'minute', quota: 2, window: 60 }
const day = { name: 'day', quota: 3, window: 86_400 }

function remaining({ windows }: Consumption): number[] {
  return windows.map(window => window.remaining)
}

t.test('a refused request is counted by none of its policies, and begins no window', async t => {
  const clock = new TestClock()
  const store = new MemoryLimitStore(clock.now)
  const once = { ...day, quota: 1 }
  t.strictSame(store.consume('a', [minute, once]), {
    granted: true,
    windows: [
      { remaining: 1, reset: 60_000 },
      { remaining: 0, reset: 86_400_000 },
    ],
  })
  clock.advance(61)
  const refused = {
    granted: false,
    windows: [
      { remaining: 2, reset: 60_000 },
      { remaining: 0, reset: 86_339_000 },
    ],
  }
  t.strictSame(store.consume('a', [minute, once]), refused)
  clock.advance(0)
  t.strictSame(store.consume('a', [minute, once]), refused)
})

t.test('a refunded request can be consumed again, once and in its own window only', async t => {
  const clock = new TestClock()
  const store = new MemoryLimitStore(clock.now)
  const first = store.consume('a', [minute, day])
  clock.advance(1)
  store.refund('a', [minute, day], first)
  t.strictSame(remaining(store.consume('a', [minute, day])), [1, 2])
  clock.advance(60)
  t.strictSame(remaining(store.consume('a', [minute, day])), [1, 1])
  store.refund('a', [minute, day], {
    granted: true,
    windows: [
      { remaining: 1, reset: 1 },
      { remaining: 2, reset: 1 },
    ],
  })
  t.strictSame(
    remaining(store.consume('a', [minute, day])),
    [0, 0],
    'that of an earlier window is not',
  )
  for (let back = 0; back < 5; back++) store.refund('a', [minute], first)
  t.strictSame(remaining(store.consume('a', [minute])), [1], 'never more than the quota')
  store.refund('nobody', [minute], first)
})

t.test('those whose window has ended are forgotten', async t => {
  const clock = new TestClock()
  const store = new MemoryLimitStore(clock.now, 3)
  const once = { ...minute, quota: 1 }
  for (const caller of ['a', 'b', 'c']) t.ok(store.consume(caller, [once]).granted)
  clock.advance(60)
  for (const caller of ['d', 'e', 'f']) t.ok(store.consume(caller, [once]).granted)
  for (const caller of ['d', 'e', 'f']) t.notOk(store.consume(caller, [once]).granted)
  clock.advance(60)
  t.ok(store.consume('f', [once]).granted, 'a window has ended at its very end')
})

t.test(
  'beyond what it remembers, the caller whose window ends first is forgotten, of this policy alone',
  async t => {
    const clock = new TestClock()
    const store = new MemoryLimitStore(clock.now, 2)
    const once = { ...minute, quota: 1 }
    const other = { ...once, name: 'other' }
    store.consume('a', [once, other])
    clock.advance(1)
    store.consume('b', [once])
    store.consume('c', [once])
    t.notOk(store.consume('b', [once]).granted)
    t.notOk(store.consume('c', [once]).granted)
    t.notOk(store.consume('a', [other]).granted)
    t.ok(store.consume('a', [once]).granted, 'forgotten')
  },
)

t.test('consumption that the store has forgotten is gone', async t => {
  const store = new MemoryLimitStore(new TestClock().now)
  store.consume('a', [minute])
  await store.close()
  t.strictSame(remaining(store.consume('a', [minute])), [1])
})
