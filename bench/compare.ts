// `npm run bench`: Restwell beside what people write by hand, in one run, round by round.

import { parseArgs } from 'node:util'
import { startPostgres } from '../test/support/postgres-server.ts'
import { checkedRequests, type OperationName, operations, type Target } from './operations.ts'
import {
  type LoadProcess,
  type Sample,
  type Server,
  type Settings,
  sample,
  startLoad,
  startServer,
  startSettings,
} from './process.ts'
import { circumstances, progress, writeSection } from './readme.ts'
import { fill, filledFile } from './rows.ts'
import { summarize, summaryToText, toTable } from './summary.ts'

const { values: options } = parseArgs({
  options: {
    database: { type: 'string', default: 'sqlite' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '64' },
    rows: { type: 'string', default: '1000000' },
    operations: { type: 'string', default: Object.keys(operations).join() },
    contenders: { type: 'string' },
    /** A folder for profiles of the servers' processor time. */
    profile: { type: 'string' },
    /** Whether the table goes into the README. */
    write: { type: 'boolean', default: false },
  },
})

interface Contender {
  readonly title: string
  readonly file: string
  /** What it is told beside its database. */
  readonly environment?: Readonly<Record<string, string>>
  readonly settings?: Settings
  readonly cursors: boolean
  /** What it cannot do. */
  readonly lacks: readonly OperationName[]
}

const restwell: Contender = {
  title: 'Restwell',
  file: 'contenders/restwell.ts',
  settings: startSettings(),
  cursors: true,
  lacks: [],
}

const all = Object.keys(operations) as OperationName[]

/** Restwell with what is asked of callers; with both where there is a goal for that. */
const careful: Readonly<Record<string, Contender>> = {
  key: { ...restwell, title: 'Restwell with a key', environment: { WITH: 'key' } },
  limits: { ...restwell, title: 'Restwell with limits', environment: { WITH: 'limits' } },
  both: {
    ...restwell,
    title: 'Restwell with key and limits',
    environment: { WITH: 'key,limits' },
    lacks: all.filter(name => !['read', 'not-modified', 'invalid'].includes(name)),
  },
  checked: {
    ...restwell,
    title: 'Restwell that checks responses',
    environment: { WITH: 'checked' },
  },
  metrics: { ...restwell, title: 'Restwell with metrics', environment: { WITH: 'metrics' } },
  traces: { ...restwell, title: 'Restwell with traces', environment: { WITH: 'traces' } },
}

/** Measured only where they are named. */
const optional = ['key', 'limits', 'checked', 'metrics', 'traces']

const databases: Readonly<Record<string, Readonly<Record<string, Contender>>>> = {
  sqlite: {
    limit: {
      title: 'node:http, unchecked',
      file: 'contenders/node-http.ts',
      cursors: false,
      lacks: ['invalid'],
    },
    hand: { title: 'Fastify by hand', file: 'contenders/fastify.ts', cursors: false, lacks: [] },
    restwell,
    ...careful,
  },
  postgres: {
    hand: {
      title: 'Fastify by hand',
      file: 'contenders/fastify-postgres.ts',
      cursors: false,
      lacks: [],
    },
    restwell,
    ...careful,
  },
}

/** What Restwell is to reach of `hand` in requests per second. */
const goals: Readonly<Record<string, Partial<Record<OperationName, number>>>> = {
  sqlite: {
    read: 0.9,
    'not-modified': 0.9,
    invalid: 0.9,
    'list-20': 1.3,
    'list-100': 1.3,
    create: 2.5,
    patch: 2.5,
  },
  postgres: {
    read: 0.8,
    'list-20': 0.8,
    'list-100': 0.8,
    'depth-9000': 0.8,
    'depth-900000': 0.8,
    filter: 0.8,
    create: 0.9,
    patch: 0.9,
  },
}

interface Running {
  readonly name: string
  readonly contender: Contender
  readonly server: Server
  readonly target: Target
}

const rows = Number(options.rows)
const rounds = Number(options.rounds)
const { connections, seconds } = {
  connections: Number(options.connections),
  seconds: Number(options.seconds),
}

/** Each contender over a database of its own, all alike. */
async function startContenders(urlFor: (name: string) => Promise<string>): Promise<Running[]> {
  const known = Object.entries(databases[options.database] ?? {})
  const wanted =
    options.contenders?.split(',') ??
    known.map(([name]) => name).filter(name => !optional.includes(name))
  const running: Running[] = []
  for (const [name, contender] of known.filter(([name]) => wanted.includes(name))) {
    progress(`starting ${contender.title}`)
    const { file, environment = {}, settings, cursors } = contender
    const databaseUrl = await urlFor(name)
    const server = await startServer({
      file,
      environment,
      settings,
      databaseUrl,
      profile: options.profile,
    })
    running.push({
      name,
      contender,
      server,
      target: { port: server.port, headers: server.headers, cursors, rows },
    })
  }
  return running
}

type Samples = ReadonlyMap<string, readonly Sample[]>

/** In seconds. */
const warmUp = 4

/** All contenders one after the other, round by round, each first in turn; a round before them warms up. */
async function measure(
  load: LoadProcess,
  running: readonly Running[],
  name: OperationName,
): Promise<Samples> {
  const operation = operations[name]
  const able = running.filter(
    ({ contender }) => !(contender.lacks as readonly string[]).includes(name),
  )
  const samples = new Map<string, Sample[]>()
  for (let round = 0; round <= rounds; round++) {
    const turn = able.map((_, index) => able[(index + round) % able.length] as Running)
    for (const { name: contender, server, target } of turn) {
      progress(`${operation.title}: round ${round} of ${rounds}, ${contender}`)
      const requests = await checkedRequests(operation, target)
      const load_ = {
        requests,
        connections,
        seconds: round === 0 ? warmUp : seconds,
        status: operation.status,
      }
      const measured = await sample(load, server, load_)
      if (round > 0) samples.set(contender, [...(samples.get(contender) ?? []), measured])
    }
  }
  return samples
}

/** The ratios of the rounds, one to one. */
function ratios(samples: Samples, one: string, other: string): number[] {
  const others = samples.get(other) ?? []
  return (samples.get(one) ?? []).map(
    ({ perSecond }, round) => perSecond / (others[round]?.perSecond ?? Number.NaN),
  )
}

function tableRows(name: OperationName, samples: Samples, running: readonly Running[]): string[][] {
  return running.flatMap(({ name: contender, contender: { title } }) => {
    const measured = samples.get(contender)
    if (measured === undefined) return []
    const figure = (pick: (sample: Sample) => number) => summarize(measured.map(pick))
    const compared = contender === 'hand' ? [1] : ratios(samples, contender, 'hand')
    return [
      [
        operations[name].title,
        title,
        summaryToText(figure(({ perSecond }) => perSecond)),
        contender === 'hand' || !samples.has('hand') ? '' : summaryToText(summarize(compared), 2),
        verdict(name, contender, samples),
        summaryToText(
          figure(({ cpu }) => cpu),
          1,
        ),
        figure(({ p99 }) => p99).median.toFixed(1),
        figure(({ busy }) => busy).median.toFixed(2),
      ],
    ]
  })
}

/** Restwell with key and limits is to reach so much of `hand`, which has neither. */
const carefulGoal = 0.8

function goalOf(name: OperationName, contender: string): number | undefined {
  if (contender === 'both') return carefulGoal
  return contender === 'restwell' ? goals[options.database]?.[name] : undefined
}

/** `≥ 0.90 held` or `≥ 0.90 missed`, in the rows of Restwell. */
function verdict(name: OperationName, contender: string, samples: Samples): string {
  const goal = goalOf(name, contender)
  if (goal === undefined || !samples.has('hand')) return ''
  const reached = summarize(ratios(samples, contender, 'hand')).median
  return `≥ ${goal.toFixed(2)} ${reached >= goal ? 'held' : '**missed**'}`
}

const head = [
  '',
  'server',
  'requests/s',
  'to by hand',
  'goal',
  'CPU µs/request',
  'p99 ms',
  'load’s core',
]

async function compare(urlFor: (name: string) => Promise<string>): Promise<string> {
  const load = startLoad()
  const running = await startContenders(urlFor)
  const names = options.operations.split(',').filter(name => name !== '') as OperationName[]
  const possible = names.filter(name => rows > 900_100 || name !== 'depth-900000')
  const table: string[][] = []
  try {
    for (const name of possible)
      table.push(...tableRows(name, await measure(load, running, name), running))
  } finally {
    await Promise.all([load, ...running.map(({ server }) => server)].map(process => process.stop()))
    progress('')
  }
  return toTable(head, table)
}

async function comparePostgres(): Promise<string> {
  const server = await startPostgres()
  try {
    progress(`filling ${rows} rows`)
    await fill(server.url, rows)
    return await compare(async () => server.url)
  } finally {
    await server.stop()
  }
}

const table =
  options.database === 'postgres'
    ? await comparePostgres()
    : await compare(async name => `sqlite:${await filledFile(name, rows)}`)
const how = `${circumstances()} ${rows.toLocaleString('en')} rows, ${connections} connections, ${rounds} rounds of ${seconds} s; medians, with the range of the rounds in parentheses.`
console.log(`${how}\n\n${table}`)
if (options.write) writeSection(options.database, `\n${how}\n\n${table}\n`)
