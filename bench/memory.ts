// `npm run bench:memory`: memory of the service, or of its largest worker, after each tenth of a million requests of every kind,
// with the settings of `npm start`.

import { parseArgs } from 'node:util'
import { checkedRequests, type OperationName, operations } from './operations.ts'
import { startLoad } from './process.ts'
import { circumstances, progress, writeSection } from './readme.ts'
import { filledFile } from './rows.ts'
import { type Memory, memoryOf, startService } from './service.ts'
import { toTable } from './summary.ts'

const { values: options } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000000' },
    rows: { type: 'string', default: '100000' },
    workers: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  },
})

const rows = Number(options.rows)
const perTenth = Number(options.requests) / 10
/** The share of each kind of request. */
const mix: Partial<Record<OperationName, number>> = {
  read: 0.4,
  'list-20': 0.2,
  filter: 0.05,
  'not-modified': 0.05,
  invalid: 0.1,
  create: 0.1,
  patch: 0.1,
}

const workers = Number(options.workers)
const service = await startService({
  databaseUrl: `sqlite:${await filledFile('memory', rows)}`,
  workers,
})
const { port } = service
const load = startLoad('any')
const target = { port, cursors: true, rows }
const figures: Memory[] = []

/** Each figure of the worker that has most of it. */
function most(): Memory {
  const all = service.workers().map(memoryOf)
  const largest = (name: keyof Memory) => Math.max(...all.map(one => one[name]))
  return { resident: largest('resident'), own: largest('own') }
}

/** Every requests's answer is checked for its status; there are no more than asked for. */
async function tenth(): Promise<void> {
  for (const [name, share] of Object.entries(mix)) {
    const operation = operations[name as OperationName]
    const requests = await operation.requests(target)
    const limits = { connections: 64, seconds: 3600, answers: perTenth * share }
    await load.run({ ...limits, port, requests, status: operation.status, sleeps: true })
  }
  figures.push(most())
}

try {
  for (const name of Object.keys(mix))
    await checkedRequests(operations[name as OperationName], target)
  for (let n = 1; n <= 10; n++) {
    progress(`tenth ${n} of 10`)
    await tenth()
  }
} finally {
  await Promise.all([load.stop(), service.stop()])
  progress('')
}

const mebibytes = (name: keyof Memory) => figures.map(figure => figure[name] / 2 ** 20)
const line = (name: keyof Memory) => mebibytes(name).map(figure => figure.toFixed(0))
const resident = mebibytes('resident')
const [, second = 0] = resident
const growth = (100 * ((resident.at(-1) ?? 0) - second)) / second
const table = toTable(
  ['requests', ...figures.map((_, index) => ((index + 1) * perTenth).toLocaleString('en'))],
  [
    ['resident MiB', ...line('resident')],
    ['not shared with others', ...line('own')],
  ],
)
const verdict = `From the second tenth to the last: ${growth.toFixed(1)} % (goal: at most 5 %).`
const text = `${circumstances('any')} ${rows.toLocaleString('en')} rows, ${workers} ${workers === 1 ? 'process' : 'workers'}.\n\n${table}\n\n${verdict}`
console.log(text)
if (options.write) writeSection(workers === 1 ? 'memory' : 'memory-workers', `\n${text}\n`)
