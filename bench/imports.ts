// `npm run bench:imports`: rows that are received at once and stored later: rows a second, memory, and how long others who
// read and write one row wait meanwhile.

import { request } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startPostgres } from '../test/support/postgres-server.ts'
import { type Server, startServer, startSettings } from './process.ts'
import { circumstances, progress, writeSection } from './readme.ts'
import { articleAt, fill, filledFile } from './rows.ts'
import { toTable } from './summary.ts'

const { values: options } = parseArgs({
  options: {
    database: { type: 'string', default: 'sqlite' },
    rows: { type: 'string', default: '1000000' },
    mebibytes: { type: 'string' },
    write: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
})

const rows = Number(options.rows)
/** Those that are there before. */
const present = 1000

/** In bytes, how long each line is to be; 0: as it comes. */
const length = (Number(options.mebibytes ?? 0) * 2 ** 20) / rows

function lineAt(n: number): string {
  const { id: _, note, ...article } = articleAt(n)
  if (length > 0) return longLine(article)
  return `${JSON.stringify(note === null ? article : { ...article, note })}\n`
}

/** With a note in letters beyond ASCII, as programs write them that escape these in JSON. */
function longLine(article: object): string {
  const start = `${JSON.stringify(article).slice(0, -1)},"note":"`
  const left = length - start.length - '"}\n'.length
  const letters = Math.min(200, Math.floor(left / 6))
  return `${start}${'\\u044f'.repeat(letters)}"}${' '.repeat(Math.max(0, left - 6 * letters))}\n`
}

function* lines(): Generator<string> {
  const portion = 500
  for (let from = 1; from <= rows; from += portion)
    yield Array.from({ length: Math.min(portion, rows + 1 - from) }, (_, n) =>
      lineAt(from + n),
    ).join('')
}

/** Sends the rows. Returns the address of the import. */
async function send({ port }: Server): Promise<string> {
  const headers = { 'content-type': 'application/x-ndjson', prefer: 'respond-async' }
  const sent = request({ host: '127.0.0.1', port, path: '/articles', method: 'POST', headers })
  const answered = new Promise<string>((resolve, reject) => {
    sent.on('error', reject)
    sent.on('response', response => {
      response.resume()
      if (response.statusCode === 202) resolve(String(response.headers.location))
      else reject(new Error(`The rows were not received: ${response.statusCode}`))
    })
  })
  await Promise.all([pipeline(Readable.from(lines()), sent), answered])
  return answered
}

interface Import {
  readonly state: string
  readonly created: number
  readonly started_at: string
  readonly ended_at: string | null
}

async function endOf(server: Server, address: string): Promise<Import> {
  for (;;) {
    const found = (await (
      await fetch(`http://127.0.0.1:${server.port}${address}`)
    ).json()) as Import
    if (found.ended_at !== null) return found
    await pause(100)
  }
}

/** Asks again and again until it is told to stop, and then gives the longest wait, in ms. */
function waits(server: Server, method: 'GET' | 'POST', signal: AbortSignal): Promise<number> {
  const path = method === 'GET' ? '/articles/1' : '/articles'
  const sent = {
    method,
    ...(method === 'POST' && { headers: { 'content-type': 'application/json' }, body: lineAt(1) }),
  }
  const ask = async () => {
    let longest = 0
    while (!signal.aborted) {
      const start = performance.now()
      let { status } = await fetch(`http://127.0.0.1:${server.port}${path}`, sent)
      // A caller that gets 503 tries again, and the whole time is its wait.
      while (status === 503) {
        await pause(50)
        ;({ status } = await fetch(`http://127.0.0.1:${server.port}${path}`, sent))
      }
      if (status >= 300) throw new Error(`${method} ${path}: ${status}`)
      longest = Math.max(longest, performance.now() - start)
      await pause(5)
    }
    return longest
  }
  return ask()
}

async function measure(databaseUrl: string): Promise<readonly string[]> {
  const file = 'contenders/restwell.ts'
  const { profile } = options
  const server = await startServer({ file, databaseUrl, settings: startSettings(), profile })
  const over = new AbortController()
  let memory = 0
  const watch = setInterval(async () => {
    memory = Math.max(memory, (await server.usage()).memory / 2 ** 20)
  }, 200)
  try {
    const others = [waits(server, 'GET', over.signal), waits(server, 'POST', over.signal)] as const
    progress('the rows are sent')
    const start = performance.now()
    const address = await send(server)
    const upload = (performance.now() - start) / 1000
    progress('the rows are stored')
    const before = await server.usage()
    const { state, created, started_at, ended_at } = await endOf(server, address)
    const { cpu } = await server.usage()
    over.abort()
    if (state !== 'done' || created !== rows) throw new Error(`${state}: ${created} rows`)
    const seconds = (Date.parse(String(ended_at)) - Date.parse(started_at)) / 1000
    const [read, write] = await Promise.all(others)
    const figures = [rows / seconds, upload * 1000, write, read, memory]
    return [
      ...figures.map(figure => Math.round(figure).toLocaleString('en')),
      ((cpu - before.cpu) / rows).toFixed(1),
    ]
  } finally {
    over.abort()
    clearInterval(watch)
    await server.stop()
    progress('')
  }
}

async function withDatabase<T>(task: (url: string) => Promise<T>): Promise<T> {
  if (options.database === 'sqlite') return task(`sqlite:${await filledFile('imports', present)}`)
  const postgres = await startPostgres()
  try {
    await fill(postgres.url, present)
    return await task(postgres.url)
  } finally {
    await postgres.stop()
  }
}

const head = [
  'rows/s',
  'upload, ms',
  'longest write, ms',
  'longest read, ms',
  'MiB, most',
  'CPU, µs/row',
]
const table = toTable(head, [await withDatabase(measure)])
const size = length > 0 ? ` in ${Number(options.mebibytes).toLocaleString('en')} MiB` : ''
const text = `${circumstances()} ${rows.toLocaleString('en')} rows${size}.\n\n${table}`
console.log(text)
const section = length > 0 ? 'large-imports' : 'imports'
if (options.write) writeSection(`${section}-${options.database}`, `\n${text}\n`)
