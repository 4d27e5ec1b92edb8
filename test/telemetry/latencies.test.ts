// Quantiles of times that were counted in buckets.

import t from 'tap'
import { addLatencies, countLatency, noLatencies, quantile } from '../../src/telemetry/latencies.ts'

function counted(times: readonly number[]): number[] {
  const counts = noLatencies()
  for (const time of times) countLatency(counts, time)
  return counts
}

t.test('a quantile is within a bucket, a fifth of its value wide', async t => {
  const counts = counted(Array.from({ length: 1000 }, (_, index) => index + 1))
  for (const [share, exact] of [
    [0.5, 500],
    [0.95, 950],
    [0.99, 990],
  ] as const) {
    const found = quantile(counts, share) ?? 0
    t.ok(Math.abs(found - exact) < exact / 5, `${share}: ${found}`)
  }
})

t.test('there is none without times, and the shortest and the longest have one', async t => {
  t.equal(quantile(noLatencies(), 0.5), null)
  t.ok((quantile(counted([0]), 0.99) ?? 1) <= 0.25)
  const minute = 0.25 * 2 ** 18
  for (const time of [minute, 3_600_000]) t.equal(quantile(counted([time]), 1), 65_500)
})

t.test('those of two processes are those of both', async t => {
  const [one, other] = [
    [1, 2, 3],
    [400, 500],
  ]
  t.strictSame(addLatencies(counted(one), counted(other)), counted([...one, ...other]))
})
