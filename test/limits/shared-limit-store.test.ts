import t from 'tap'
import { MemoryLimitStore } from '../../src/limits/memory-limit-store.ts'
import {
  type CountQuestion,
  LimitCounter,
  SharedLimitStore,
} from '../../src/limits/shared-limit-store.ts'
import { TestClock } from '../support/limits.ts'

const minute = [{ name: 'minute', quota: 3, window: 60 }]
const day = [{ name: 'day', quota: 100, window: 86_400 }]

/** Processes that ask one counter, and what each of them has asked. */
function processes(count: number) {
  const store = new MemoryLimitStore(new TestClock().now)
  return Array.from({ length: count }, () => {
    const counter = new LimitCounter(store)
    const asked: CountQuestion[] = []
    const shared: SharedLimitStore = new SharedLimitStore(question => {
      // As between processes: nothing but its text arrives.
      const copy = JSON.parse(JSON.stringify(question))
      asked.push(copy)
      setImmediate(() => shared.hear(JSON.parse(JSON.stringify(counter.answer(copy)))))
    })
    return { shared, asked }
  })
}

t.test('what is asked in one turn is one question, and policies are told once', async t => {
  const [{ shared, asked } = {}] = processes(1)
  const ask = () =>
    Promise.all([
      shared?.consume('a', minute),
      shared?.consume('b', day),
      shared?.consume('a', minute),
    ])
  const first = await ask()
  t.strictSame(
    first.map(one => one?.windows[0]?.remaining),
    [2, 99, 1],
  )
  await ask()
  t.strictSame(
    asked?.map(({ learn, counts }) => [learn, counts.length]),
    [
      [[minute, day], 3],
      [[], 3],
    ],
  )
})

t.test('all processes count together, and give back', async t => {
  const [one, other] = processes(2)
  const consume = async (shared = one?.shared) => shared?.consume('a', minute)
  const consumed = await consume()
  await consume(other?.shared)
  t.equal((await consume())?.granted, true)
  t.equal((await consume(other?.shared))?.granted, false)
  if (consumed !== undefined) other?.shared.refund('a', minute, consumed)
  t.equal((await consume(other?.shared))?.granted, true, 'in order')
  t.equal((await consume())?.granted, false)
})

t.test('what counts as several requests does so for all processes', async t => {
  const [one, other] = processes(2)
  const windowsOf = async (shared = one?.shared, cost?: number) =>
    (await shared?.consume('a', day, cost))?.windows[0]?.remaining
  t.equal(await windowsOf(one?.shared, 40), 60)
  t.equal(await windowsOf(other?.shared), 59)
  t.equal((await other?.shared.consume('a', day, 60))?.granted, false)
})
