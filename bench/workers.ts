// `npm run bench:workers`: services of one, two and eight workers over SQLite, side by side, on the cores that the load has, too.

import { parseArgs } from 'node:util'
import { checkedRequests, type OperationName, operations, type Target } from './operations.ts'
import { startLoad } from './process.ts'
import { circumstances, progress } from './readme.ts'
import { filledFile } from './rows.ts'
import { type Memory, memoryOf, type Service, startService } from './service.ts'
import { summarize, summaryToText, toTable } from './summary.ts'

const { values: options } = parseArgs({
  options: {
    workers: { type: 'string', default: '1,2,8' },
    operations: { type: 'string', default: 'read,depth-9000,create,patch' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1' },
    connections: { type: 'string', default: '64' },
    rows: { type: 'string', default: '100000' },
    /** The folder of another checkout, whose services are measured, too. */
    against: { type: 'string' },
  },
})

interface Running {
  readonly title: string
  readonly workers: number
  readonly service: Service
  readonly target: Target
}

interface Sample {
  readonly perSecond: number
  /** In microseconds for each request, of all processes of the service. */
  readonly cpu: number
  /** In milliseconds. */
  readonly p99: number
}

const rows = Number(options.rows)
const rounds = Number(options.rounds)
const connections = Number(options.connections)
const seconds = Number(options.seconds)

/** In seconds for each worker, because each optimises a kind of request by itself. */
const warmUp = 3

async function start(workers: number, sources?: string): Promise<Running> {
  const title = sources === undefined ? `${workers}` : `${workers}, before`
  progress(`starting ${title}`)
  const file = await filledFile(`workers-${title.replace(', ', '-')}`, rows)
  const databaseUrl = `sqlite:${file}`
  const service = await startService({ databaseUrl, workers, ...(sources && { sources }) })
  return { title, workers, service, target: { port: service.port, cursors: true, rows } }
}

async function startAll(): Promise<Running[]> {
  const running: Running[] = []
  for (const workers of options.workers.split(',').map(Number)) {
    if (options.against !== undefined) running.push(await start(workers, options.against))
    running.push(await start(workers))
  }
  return running
}

const load = startLoad('any')

async function sample(
  { workers, service, target }: Running,
  name: OperationName,
  isWarm: boolean,
): Promise<Sample> {
  const { status } = operations[name]
  const requests = await checkedRequests(operations[name], target)
  const before = service.cpu()
  const measured = await load.run({
    requests,
    status,
    port: service.port,
    connections,
    seconds: isWarm ? seconds : warmUp * workers,
    sleeps: true,
  })
  const { answers, p99 } = measured
  const cpu = (service.cpu() - before) / answers
  return { perSecond: answers / measured.seconds, cpu, p99 }
}

/** By service, the samples of all rounds; each is first in turn, and a round before them warms up. */
async function measure(running: readonly Running[], name: OperationName): Promise<Sample[][]> {
  const samples = running.map((): Sample[] => [])
  for (let round = 0; round <= rounds; round++)
    for (let n = 0; n < running.length; n++) {
      const at = (n + round) % running.length
      const one = running[at] as Running
      progress(`${name}: round ${round} of ${rounds}, ${one.title}`)
      const measured = await sample(one, name, round > 0)
      if (round > 0) samples[at]?.push(measured)
    }
  return samples
}

function tableRows(
  name: OperationName,
  running: readonly Running[],
  samples: readonly (readonly Sample[])[],
): string[][] {
  const [first = []] = samples
  return running.map(({ title }, at) => {
    const own = samples[at] ?? []
    const figure = (pick: (one: Sample) => number) => summarize(own.map(pick))
    const ratios = own.map((one, round) => one.perSecond / (first[round]?.perSecond ?? Number.NaN))
    return [
      operations[name].title,
      title,
      summaryToText(figure(one => one.perSecond)),
      at === 0 ? '' : summaryToText(summarize(ratios), 2),
      summaryToText(figure(one => one.cpu)),
      summaryToText(figure(one => one.p99)),
    ]
  })
}

const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0)

/** Of the largest worker of each service. */
function memoryRows(running: readonly Running[]): string[][] {
  return running.map(({ title, service }) => {
    const all = service.workers().map(memoryOf)
    const most = (name: keyof Memory) => Math.max(...all.map(one => one[name]))
    return [title, mebibytes(most('resident')), mebibytes(most('own'))]
  })
}

const head = ['', 'workers', 'requests/s', 'to the first', 'CPU µs/request', 'p99 ms']
const memoryHead = ['workers', 'resident MiB of the largest', 'not shared with others']
const running = await startAll()
const figures: string[][] = []
let memory: string[][] = []
try {
  for (const name of options.operations.split(',') as OperationName[])
    figures.push(...tableRows(name, running, await measure(running, name)))
  memory = memoryRows(running)
} finally {
  await Promise.all([load.stop(), ...running.map(({ service }) => service.stop())])
  progress('')
}
const how = `${circumstances('any')} ${rows.toLocaleString('en')} rows, ${connections} connections, ${rounds} rounds of ${seconds} s; medians, with the range of the rounds in parentheses.`
const text = `${how}\n\n${toTable(head, figures)}\n\n${toTable(memoryHead, memory)}`
console.log(text)
