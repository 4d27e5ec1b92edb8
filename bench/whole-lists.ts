// `npm run bench:lists`: a whole list as CSV beside a route that is written by hand: rows a second, memory, and what other
// callers notice meanwhile. With `--cores=all` the server has all cores, and not one of its own.

import { get } from 'node:http'
import { parseArgs } from 'node:util'
import { startPostgres } from '../test/support/postgres-server.ts'
import type { Load } from './load.ts'
import { type LoadProcess, type Server, startLoad, startServer, startSettings } from './process.ts'
import { circumstances, progress, writeSection } from './readme.ts'
import { fill, filledFile } from './rows.ts'
import { summarize, summaryToText, toTable } from './summary.ts'

const { values: options } = parseArgs({
  options: {
    cores: { type: 'string', default: 'one' },
    database: { type: 'string', default: 'sqlite' },
    rounds: { type: 'string', default: '3' },
    rows: { type: 'string', default: '1000000' },
    write: { type: 'boolean', default: false },
  },
})

const rows = Number(options.rows)
const isSqlite = options.database === 'sqlite'

interface Contender {
  readonly title: string
  readonly file: string
  readonly path: string
}

const contenders: readonly Contender[] = [
  {
    title: 'Fastify by hand',
    file: isSqlite ? 'contenders/fastify.ts' : 'contenders/fastify-postgres.ts',
    path: '/articles.csv',
  },
  { title: 'Restwell', file: 'contenders/restwell.ts', path: '/articles' },
]

/** The list, read to its end as fast as it comes. Returns its number of lines. */
function readList({ port }: Server, path: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const headers = { accept: 'text/csv' }
  get({ host: '127.0.0.1', port, path, headers, agent: false }, response => {
    let lines = 0
    response.on('data', (chunk: Buffer) => {
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++
    })
    response.on('end', () => resolve(lines))
    response.on('error', reject)
  }).on('error', reject)
  return promise
}

/** Two callers who read one row at a time, with 5 ms in between. */
function others(server: Server, seconds: number): Load {
  const requests = Array.from({ length: 500 }, (_, n) => ({
    method: 'GET',
    path: `/articles/${1 + ((n * 7919) % rows)}`,
  }))
  return { port: server.port, requests, connections: 2, pause: 5, seconds, status: 200 }
}

interface Round {
  readonly perSecond: number
  /** In MiB, the most that was resident. */
  readonly memory: number
  /** In ms, of other callers. */
  readonly alone: number
  readonly meanwhile: number
}

async function round(load: LoadProcess, server: Server, path: string): Promise<Round> {
  const { p99: alone } = await load.run(others(server, 2))
  const start = performance.now()
  const lines = await readList(server, path)
  const seconds = (performance.now() - start) / 1000
  if (lines !== rows + 1) throw new Error(`${lines} lines, not ${rows + 1}`)
  let memory = 0
  let last = Promise.resolve()
  const watch = setInterval(() => {
    last = last.then(async () => {
      memory = Math.max(memory, (await server.usage()).memory / 2 ** 20)
    })
  }, 200)
  const measuring = load.run(others(server, Math.max(1, seconds * 0.8)))
  await readList(server, path)
  clearInterval(watch)
  await last
  const { p99: meanwhile } = await measuring
  return { perSecond: rows / seconds, memory, alone, meanwhile }
}

async function withDatabases<T>(task: (urlFor: (name: string) => Promise<string>) => Promise<T>) {
  if (isSqlite) return task(async name => `sqlite:${await filledFile(`lists-${name}`, rows)}`)
  const postgres = await startPostgres()
  try {
    const url = postgres.url
    await fill(url, rows)
    return await task(async () => url)
  } finally {
    await postgres.stop()
  }
}

async function measure(urlFor: (name: string) => Promise<string>): Promise<Round[][]> {
  const load = startLoad()
  const servers: Server[] = []
  try {
    for (const [index, { file }] of contenders.entries())
      servers.push(
        await startServer({
          file,
          databaseUrl: await urlFor(String(index)),
          core: options.cores === 'all' ? 'all' : 'server',
          settings: index === 0 ? undefined : startSettings(),
        }),
      )
    const rounds: Round[][] = contenders.map(() => [])
    // The first round warms up.
    for (let n = 0; n <= Number(options.rounds); n++)
      for (const [index, { path, title }] of contenders.entries()) {
        progress(`round ${n} of ${options.rounds}: ${title}`)
        const measured = await round(load, servers[index] as Server, path)
        if (n > 0) rounds[index]?.push(measured)
      }
    return rounds
  } finally {
    await Promise.all([load.stop(), ...servers.map(server => server.stop())])
    progress('')
  }
}

const measured = await withDatabases(measure)
const [byHand = []] = measured
const figures = measured.map((rounds, index) => {
  const of = (pick: (round: Round) => number) => rounds.map(pick)
  const ratio = rounds.map(({ perSecond }, n) => perSecond / (byHand[n]?.perSecond ?? Number.NaN))
  return [
    contenders[index]?.title ?? '',
    summaryToText(summarize(of(({ perSecond }) => perSecond))),
    index === 0 ? '' : summaryToText(summarize(ratio), 2),
    Math.max(...of(({ memory }) => memory)).toFixed(0),
    summaryToText(summarize(of(({ alone }) => alone)), 2),
    summaryToText(summarize(of(({ meanwhile }) => meanwhile)), 2),
    summaryToText(summarize(of(({ alone, meanwhile }) => meanwhile / alone)), 1),
  ]
})
const head = ['', 'rows/s', 'of it', 'MiB, most', 'p99 of others alone, ms', 'meanwhile', 'times']
const cores = options.cores === 'all' ? 'The server has all cores.' : 'The server has one core.'
const text = `${circumstances()} ${cores} ${rows.toLocaleString('en')} rows, ${options.rounds} rounds.\n\n${toTable(head, figures)}`
console.log(text)
if (options.write) writeSection(`lists-${options.database}-${options.cores}`, `\n${text}\n`)
