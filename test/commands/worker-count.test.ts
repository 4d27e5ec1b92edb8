// How many workers a service has, and when one that ended is replaced.

import t from 'tap'
import { thisMachine, workersOf } from '../../src/commands/workers/count.ts'
import { pauseAfter } from '../../src/commands/workers/supervisor.ts'
import { readConfig } from '../../src/config.ts'

const GiB = 2 ** 30
const machine = { cores: 8, memory: 64 * GiB }
const postgres = 'postgres://localhost/x'

const counts: [what: string, settings: Record<string, string>, on: typeof machine, number][] = [
  ['one by default', {}, machine, 1],
  ['as many as named', { WORKERS: '3' }, machine, 3],
  ['more than cores, if named', { WORKERS: '16' }, machine, 16],
  ['one per core', { WORKERS: 'auto' }, machine, 8],
  ['no more than memory is for', { WORKERS: 'auto' }, { cores: 8, memory: 2 * GiB }, 4],
  ['one at least', { WORKERS: 'auto' }, { cores: 8, memory: GiB / 4 }, 1],
  [
    'two connections for each',
    { WORKERS: 'auto', DATABASE_URL: postgres, DATABASE_CONNECTIONS: '10' },
    machine,
    5,
  ],
  ['one connection, if named', { WORKERS: '10', DATABASE_URL: postgres }, machine, 10],
  ['one in memory', { WORKERS: 'auto', DATABASE_URL: 'sqlite::memory:' }, machine, 1],
]

t.test('how many workers there are', async t => {
  for (const [what, settings, on, expected] of counts)
    t.equal(workersOf(readConfig(settings, false), on), expected, what)
  t.ok(thisMachine().cores > 0 && thisMachine().memory > 0)
})

t.test('a number of workers that cannot be is a mistake', async t => {
  const mistakes: [settings: Record<string, string>, message: RegExp][] = [
    [{ WORKERS: 'all' }, /^WORKERS is 'all'; it must be auto, or a number from 1 to 128$/],
    [{ WORKERS: '0' }, /^WORKERS is '0'; /],
    [{ WORKERS: '129' }, /^WORKERS is '129'; /],
    [{ WORKERS: '1e1' }, /^WORKERS is '1e1'; /],
    [
      { WORKERS: '11', DATABASE_URL: postgres },
      /^WORKERS is 11, and DATABASE_CONNECTIONS is 10: each worker needs one, and better two$/,
    ],
    [
      { WORKERS: '2', DATABASE_URL: 'sqlite::memory:' },
      /^WORKERS is 2, and sqlite::memory: is within one process$/,
    ],
  ]
  for (const [settings, message] of mistakes)
    t.throws(() => workersOf(readConfig(settings, false), machine), { message })
})

t.test('a worker that ends again and again is replaced ever later', async t => {
  const pauses = [pauseAfter(60_000, 0)]
  for (let n = 0; n < 12; n++) pauses.push(pauseAfter(50, pauses.at(-1) ?? 0))
  t.strictSame(pauses.slice(0, 5), [0, 100, 200, 400, 800])
  t.equal(pauses.at(-1), 30_000)
  t.equal(pauseAfter(10_000, 30_000), 0)
})
