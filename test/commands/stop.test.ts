import t from 'tap'
import { orderOf, type StopOrder, type StopState } from '../../src/commands/stop.ts'
import { folderOf, runNode } from '../support/process.ts'

const running: StopState = { since: undefined, draining: false }
const draining: StopState = { since: 5000, draining: true }
const closing: StopState = { since: 5000, draining: false }

const rows: readonly [
  what: string,
  signal: Parameters<typeof orderOf>[0],
  standing: StopState,
  now: number,
  StopOrder,
][] = [
  ['told to stop', 'SIGTERM', running, 5000, 'begin'],
  ['Ctrl+C', 'SIGINT', running, 5000, 'begin'],
  ['the terminal is gone', 'SIGHUP', running, 5000, 'begin'],
  ['told twice at once, by systemd and by npm', 'SIGTERM', draining, 5004, 'nothing'],
  ['Ctrl+C, from the terminal and from npm', 'SIGINT', closing, 5004, 'nothing'],
  ['told again much later', 'SIGTERM', draining, 65_000, 'nothing'],
  ['told again while it closes', 'SIGTERM', closing, 9000, 'nothing'],
  ['Ctrl+C at once after SIGTERM', 'SIGINT', draining, 5999, 'nothing'],
  [
    'Ctrl+C by somebody who does not want to wait for a balancer',
    'SIGINT',
    draining,
    6000,
    'hurry',
  ],
  ['Ctrl+C by somebody who does not want to wait at all', 'SIGINT', closing, 6000, 'cut'],
]

t.test('one stop may come as several signals', async t => {
  for (const [what, signal, standing, now, order] of rows)
    t.equal(orderOf(signal, standing, now), order, what)
})

const fault = "setImmediate(() => { throw new Error('a fault') })"
const tell = (signal: string) => `process.kill(process.pid, '${signal}')`
const [announced, closed] = ['announced', 'closed']
const faulty = 'error a fault in the service: please report it with this entry'

const ends: readonly [
  what: string,
  happens: string,
  closing: string,
  code: number,
  said: readonly string[],
][] = [
  ['told to stop', tell('SIGTERM'), '', 0, ['info told to stop', announced, closed]],
  ['a fault', fault, '', 1, [faulty, announced, closed]],
  [
    'a fault, and another one while it closes',
    `${fault};${fault}`,
    'await forever',
    1,
    [faulty, announced, closed, faulty],
  ],
  [
    'told to stop, which fails',
    tell('SIGINT'),
    "throw new Error('a fault')",
    1,
    [
      'info told to stop',
      announced,
      closed,
      'error a fault while stopping: please report it with this entry',
    ],
  ],
  [
    'Ctrl+C again and again after SIGTERM',
    `${tell('SIGTERM')}; setInterval(() => ${tell('SIGINT')}, 50)`,
    'await forever',
    1,
    [
      'info told to stop',
      announced,
      closed,
      'error told to stop again (SIGINT): requests still in flight are cut off',
    ],
  ],
]

for (const [what, happens, closing, code, said] of ends)
  t.test(`how a process ends: ${what}`, async t => {
    const script = `
      import { stopOnSignal } from '${import.meta.resolve('../../src/commands/stop.ts')}'
      const say = level => (_, message) => console.log(level, message)
      const log = { info: say('info'), warn: say('warn'), error: say('error') }
      const forever = new Promise(() => setInterval(() => {}, 1000))
      const announce = () => console.log('announced')
      const close = async () => { console.log('closed'); ${closing} }
      stopOnSignal({ log, drainSeconds: 0, announce, close })
      ${happens}`
    const ended = await runNode(t, ['stop.mjs'], folderOf(t, { 'stop.mjs': script }))
    t.strictSame([ended.code, ended.out.trim().split('\n'), ended.err], [code, said, ''])
  })
