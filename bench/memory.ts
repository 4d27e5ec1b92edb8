// `npm run bench:memory`: resident memory of the service after each tenth of a million requests of every kind, with the
// settings of `npm start`.

import { parseArgs } from 'node:util'
import { checkedRequests, type OperationName, operations } from './operations.ts'
import { startLoad, startServer, startSettings } from './process.ts'
import { circumstances, progress, writeSection } from './readme.ts'
import { filledFile } from './rows.ts'
import { toTable } from './summary.ts'

const { values: options } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000000' },
    rows: { type: 'string', default: '100000' },
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

const server = await startServer({
  file: 'contenders/restwell.ts',
  databaseUrl: `sqlite:${await filledFile('memory', rows)}`,
  settings: startSettings(),
})
const load = startLoad()
const target = { port: server.port, cursors: true, rows }
const mebibytes: number[] = []

/** Every requests's answer is checked for its status; there are no more than asked for. */
async function tenth(): Promise<void> {
  for (const [name, share] of Object.entries(mix)) {
    const operation = operations[name as OperationName]
    const requests = await operation.requests(target)
    const limits = { connections: 64, seconds: 3600, answers: perTenth * share }
    await load.run({ ...limits, port: server.port, requests, status: operation.status })
  }
  mebibytes.push((await server.usage()).memory / 2 ** 20)
}

try {
  for (const name of Object.keys(mix))
    await checkedRequests(operations[name as OperationName], target)
  for (let n = 1; n <= 10; n++) {
    progress(`tenth ${n} of 10`)
    await tenth()
  }
} finally {
  await Promise.all([load.stop(), server.stop()])
  progress('')
}

const [, second = 0] = mebibytes
const growth = (100 * ((mebibytes.at(-1) ?? 0) - second)) / second
const table = toTable(
  ['requests', ...mebibytes.map((_, index) => ((index + 1) * perTenth).toLocaleString('en'))],
  [['resident MiB', ...mebibytes.map(figure => figure.toFixed(0))]],
)
const verdict = `From the second tenth to the last: ${growth.toFixed(1)} % (goal: at most 5 %, and under 150 MiB).`
const text = `${circumstances()} ${rows.toLocaleString('en')} rows.\n\n${table}\n\n${verdict}`
console.log(text)
if (options.write) writeSection('memory', `\n${text}\n`)
