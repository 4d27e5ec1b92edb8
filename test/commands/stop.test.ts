import t from 'tap'
import { type Order, orderOf, type StopState } from '../../src/commands/stop.ts'

const running: StopState = { since: undefined, draining: false }
const draining: StopState = { since: 5000, draining: true }
const closing: StopState = { since: 5000, draining: false }

const rows: readonly [what: string, signal: Parameters<typeof orderOf>[0], standing: StopState, now: number, Order][] =
  [
    ['told to stop', 'SIGTERM', running, 5000, 'begin'],
    ['Ctrl+C', 'SIGINT', running, 5000, 'begin'],
    ['the terminal is gone', 'SIGHUP', running, 5000, 'begin'],
    ['told twice at once, by systemd and by npm', 'SIGTERM', draining, 5004, 'nothing'],
    ['Ctrl+C, from the terminal and from npm', 'SIGINT', closing, 5004, 'nothing'],
    ['told again much later', 'SIGTERM', draining, 65_000, 'nothing'],
    ['told again while it closes', 'SIGTERM', closing, 9000, 'nothing'],
    ['Ctrl+C at once after SIGTERM', 'SIGINT', draining, 5999, 'nothing'],
    ['Ctrl+C by somebody who does not want to wait for a balancer', 'SIGINT', draining, 6000, 'hurry'],
    ['Ctrl+C by somebody who does not want to wait at all', 'SIGINT', closing, 6000, 'cut'],
  ]

t.test('one stop may come as several signals', async t => {
  for (const [what, signal, standing, now, order] of rows) t.equal(orderOf(signal, standing, now), order, what)
})
