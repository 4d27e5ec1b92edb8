// What is kept of the processes of a service: an hour of each, and no more.

import t from 'tap'
import type { Interval } from '../../src/telemetry/activity.ts'
import { maxTold } from '../../src/telemetry/activity.ts'
import { History, usualInterval } from '../../src/telemetry/history.ts'
import { countLatency, noLatencies } from '../../src/telemetry/latencies.ts'

const minute = 60_000
const start = 1_800_000_000_000

/** An interval with so many successful requests, each of so many ms. */
function interval(successful: number, time = 10, more: Partial<Interval> = {}): Interval {
  const latencies = noLatencies()
  for (let n = 0; n < successful; n++) countLatency(latencies, time)
  const none = { redirected: 0, refused: 0, failed: 0, aborted: 0 }
  return {
    counts: {
      ...{ successful, ...none, latencies, users: successful },
      ...{ database: 2 * successful, waiting: successful },
    },
    gauges: { connections: 1, queue: 2, in_flight: 3, lag: time, busy: 0.4, heap: 1000 },
    ...{ routes: [], problems: [], callers: [] },
    ...more,
  }
}

t.test('of one process, together is all there is', async t => {
  const history = new History()
  history.keep(1, interval(4), start)
  history.keep(1, interval(0), start + 5000)
  const [together, ...workers] = history.report(0).processes
  t.match(together, {
    times: [start / 1000, start / 1000 + 5],
    successful: [4, 0],
    p50: [Number, null],
    database: [2, null],
    waiting: [1, null],
    queue: [2, 2],
  })
  t.strictSame(workers, [])
})

t.test('several are added up, and their lag is that of the worst', async t => {
  const history = new History()
  history.keep(2, interval(1, 100), start + 300)
  history.keep(1, interval(3, 10), start + 10)
  history.keep(1, interval(5, 10), start + 5000)
  const [together, ...workers] = history.report(0).processes
  t.match(together, {
    times: [start / 1000, start / 1000 + 5],
    successful: [4, 5],
    connections: [2, 1],
    lag: [100, 10],
    busy: [0.4, 0.4],
    heap: [2000, 1000],
  })
  t.ok(Number(together?.p50[0]) < 20 && Number(together?.p99[0]) > 80)
  t.strictSame(
    workers.map(({ worker, successful }) => [worker, successful]),
    [
      [1, [3, 5]],
      [2, [1]],
    ],
  )
})

t.test('only what is new is told to those who ask for it', async t => {
  const history = new History()
  for (const n of [0, 1, 2]) history.keep(1, interval(n), start + n * 5000)
  t.strictSame(history.report(start / 1000 + 5).processes[0]?.successful, [2])
})

t.test('an hour is kept', async t => {
  const history = new History()
  const hour = 3600 / usualInterval
  for (let n = 0; n < hour + 10; n++) history.keep(1, interval(n), start + n * 5000)
  const { successful = [] } = history.report(0).processes[0] ?? {}
  t.equal(successful.length, hour)
  t.equal(successful[0], 10)
})

const route = (path: string, time: number) => {
  const latencies = noLatencies()
  countLatency(latencies, time)
  return { method: 'GET', path, requests: 1, failed: 0, time, latencies }
}

t.test('routes are told for half an hour at least, and the slowest first', async t => {
  const history = new History()
  const keep = (path: string, time: number, at: number) =>
    history.keep(1, interval(0, 0, { routes: [route(path, time)] }), start + at)
  keep('/old', 900, 0)
  keep('/slow', 500, 29 * minute)
  keep('/fast', 5, 31 * minute)
  keep('/slow', 500, 31 * minute)
  t.strictSame(
    history.report(0).routes.map(({ path, requests }) => [path, requests]),
    [
      ['/old', 1],
      ['/slow', 2],
      ['/fast', 1],
    ],
  )
  keep('/fast', 5, 61 * minute)
  t.strictSame(
    history.report(0).routes.map(({ path }) => path),
    ['/slow', '/fast'],
  )
  keep('/fast', 5, 180 * minute)
  t.strictSame(
    history.report(0).routes.map(({ path }) => path),
    ['/fast'],
  )
})

t.test('callers may be any number, and so many are told apart', async t => {
  const history = new History()
  const callers = Array.from({ length: 3 * maxTold }, (_, n) => ({
    ...{ id: `address:${n}`, requests: 1, limited: 0 },
  }))
  history.keep(1, interval(0, 0, { callers }), start)
  history.keep(1, interval(0, 0, { callers: callers.slice(0, 1) }), start + 5000)
  const { callers: told } = history.report(0)
  t.equal(told.length, 20)
  t.strictSame(told[0], { id: 'address:0', requests: 2, limited: 0 })
})
