// An hour of the status, joined from what is told piece by piece.

import t from 'tap'
import { hour, joined, lastOf, type Status, valuesOf } from '../src/status.ts'

function status(processes: Status['processes']): Status {
  return { interval: 5, processes, routes: [], problems: [], callers: [] }
}

t.test('what is new comes after what is known, of each worker', async t => {
  const known = status([
    { times: [5, 10], failed: [1, 2] },
    { worker: 1, times: [5, 10], failed: [1, 2] },
  ])
  const news = status([
    { times: [10, 15], failed: [2, 4] },
    { worker: 1, times: [15], failed: [3] },
    { worker: 2, times: [15], failed: [1] },
  ])
  t.strictSame(joined(known, news).processes, [
    { times: [5, 10, 15], failed: [1, 2, 4] },
    { worker: 1, times: [5, 10, 15], failed: [1, 2, 3] },
    { worker: 2, times: [15], failed: [1] },
  ])
  t.strictSame(joined(undefined, news), news)
  const none = status([{ times: [], failed: [] }])
  t.strictSame(joined(known, none).processes, [{ times: [5, 10], failed: [1, 2] }])
})

t.test('what is older than an hour is left out', async t => {
  const known = status([{ times: [5, 10], p50: [null, 2] }])
  const { processes } = joined(known, status([{ times: [hour + 5], p50: [3] }]))
  t.strictSame(processes, [{ times: [10, hour + 5], p50: [2, 3] }])
})

t.test('a part of it is what was last', async t => {
  const part = lastOf({ worker: 3, times: [5, 10, 15], p50: [1, 2, 3] }, 10)
  t.strictSame(part, { times: [10, 15], p50: [2, 3] })
  t.strictSame(lastOf({ times: [] }, 10), { times: [] })
  t.strictSame(valuesOf(part, 'other'), [])
})
