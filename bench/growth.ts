// `npm run bench:growth`: the same operations on tables of more and more rows, as a table and a plot.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { checkedRequests, type Operation, operations, page, unindexed } from './operations.ts'
import { type Series, toPlot } from './plot.ts'
import { type LoadProcess, sample, startLoad, startServer, startSettings } from './process.ts'
import { circumstances, progress, writeSection } from './readme.ts'
import { filledFile } from './rows.ts'
import { summarize, summaryToText, toTable } from './summary.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
    /** Sizes of the table. */
    rows: { type: 'string', default: '10000,100000,1000000' },
    /** Whether the table and the plot are kept. */
    write: { type: 'boolean', default: false },
  },
})

const sizes = options.rows.split(',').map(Number)
const rounds = Number(options.rounds)
const seconds = Number(options.seconds)

/** `patch` and `create` come last: they change the rows that the others are checked by. */
function measuredAt(rows: number): readonly Operation[] {
  const { read, filter, create, patch } = operations
  const deep = { ...page(Math.floor(rows * 0.9)), title: 'page at nine tenths' }
  return [read, operations['list-20'], deep, filter, unindexed, patch, create]
}

/** Processor time per request of each round, in microseconds. */
async function measure(
  load: LoadProcess,
  rows: number,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const server = await startServer({
    file: 'contenders/restwell.ts',
    settings: startSettings(),
    databaseUrl: `sqlite:${await filledFile('growth', rows)}`,
  })
  const target = { port: server.port, cursors: true, rows }
  const costs = new Map<string, number[]>()
  try {
    for (const operation of measuredAt(rows))
      for (let round = 0; round <= rounds; round++) {
        progress(`${rows} rows, ${operation.title}: round ${round} of ${rounds}`)
        const requests = await checkedRequests(operation, target)
        const { cpu } = await sample(load, server, {
          requests,
          connections: 64,
          seconds,
          status: operation.status,
        })
        if (round > 0) costs.set(operation.title, [...(costs.get(operation.title) ?? []), cpu])
      }
  } finally {
    await server.stop()
    progress('')
  }
  return costs
}

const load = startLoad()
const bySize: [rows: number, costs: ReadonlyMap<string, readonly number[]>][] = []
for (const rows of sizes) bySize.push([rows, await measure(load, rows)])
await load.stop()

const titles = [...(bySize[0]?.[1].keys() ?? [])]
const series: Series[] = titles.map(title => ({
  title,
  points: bySize.map(([rows, costs]) => [rows, summarize(costs.get(title) ?? []).median]),
}))
const table = toTable(
  ['CPU µs/request', ...sizes.map(rows => `${rows.toLocaleString('en')} rows`)],
  titles.map(title => [
    title,
    ...bySize.map(([, costs]) => summaryToText(summarize(costs.get(title) ?? []))),
  ]),
)
const how = `${circumstances()} 64 connections, ${rounds} rounds of ${seconds} s; medians, with the range of the rounds in parentheses.`
console.log(`${how}\n\n${table}`)
if (options.write) {
  writeSection(
    'growth',
    `\n${how}\n\n${table}\n\n![Processor time per request against rows](growth.svg)\n`,
  )
  writeFileSync(
    join(import.meta.dirname, 'growth.svg'),
    toPlot(series, 'rows in the table', 'CPU µs per request'),
  )
}
