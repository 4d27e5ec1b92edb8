// A load of writes on the service in a process of its own, and a ledger of what its callers were told, to hold the file
// against however the process ended.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import { childrenOf } from './workers.ts'

/** As many as `npm run test:durability -- --workers=4` says. */
const usualWorkers = process.env.TEST_WORKERS ?? '1'

const writers = 8

export interface Server {
  readonly child: ChildProcess
  /** Fulfilled when the process has ended. */
  readonly ended: Promise<unknown>
  /** Where it listens, as it says itself. */
  readonly address: string
  /** What it has logged so far. */
  readonly log: () => string
}

export interface Start {
  /** That of the database, where it is SQLite. */
  readonly file?: string
  /** The address of another database. */
  readonly url?: string
  /** A module that the process imports first. */
  readonly preload?: string
  /** What a shell does before, such as `ulimit -f 4000`. */
  readonly before?: string
  readonly workers?: number
  readonly metricsPort?: number
}

/** Starts the service as a person does, on any free port. */
export async function serve(
  t: Test,
  { file, url, preload, before, workers, metricsPort }: Start,
): Promise<Server> {
  const settings = {
    DATABASE_URL: url ?? `sqlite:${file}`,
    PORT: '0',
    HOST: '127.0.0.1',
    WORKERS: String(workers ?? usualWorkers),
    ...(metricsPort === undefined ? {} : { METRICS_PORT: String(metricsPort) }),
    SAMPLE_DATA: 'false',
    LOG_LEVEL: 'warn',
    // However busy the machine is: what is refused is refused because of the disk.
    MAX_EVENT_LOOP_DELAY: '0',
    ...(preload === undefined ? {} : { NODE_OPTIONS: `--import=${preload}` }),
  }
  const call = [process.execPath, 'src/cli.ts', 'serve']
  const [command = '', ...operands] =
    before === undefined ? call : ['sh', '-c', `${before}; exec "$@"`, 'sh', ...call]
  const child = spawn(command, operands, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...settings },
  })
  const ended = once(child, 'exit')
  t.teardown(() => child.kill('SIGKILL'))
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    log += piece
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
    if (address !== undefined) return { child, ended, address, log: () => log }
  }
  throw new Error(`The service ended before it listened: ${await ended} ${log}`)
}

/** Sends a signal to it and to all its workers, which do not hear of its end while they are frozen. */
export function signalAll({ child }: Server, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const workers = usualWorkers === '1' ? [] : childrenOf(child.pid)
  child.kill(signal)
  for (const worker of workers) process.kill(worker, signal)
}

export async function kill(server: Server): Promise<void> {
  signalAll(server, 'SIGKILL')
  await server.ended
}

/** What the callers know: what they asked for, and what they were told. */
export class Ledger {
  /** The titles that a POST was sent for, each its own Idempotency-Key; whether it was acknowledged. */
  readonly posted = new Map<string, boolean>()
  /** Of each counter: the value that was acknowledged, and the one that was sent. */
  readonly counted: { acknowledged: number; sent: number }[] = []
  acknowledged = 0
}

/** Sends JSON; throws where the answer does not come or is another. */
async function send(
  method: string,
  url: string,
  json: object,
  expected: number,
  headers = {},
): Promise<void> {
  const body = JSON.stringify(json)
  const response = await fetch(url, {
    method,
    body,
    headers: { 'content-type': 'application/json', ...headers },
  })
  const text = await response.text()
  if (response.status !== expected)
    throw new Error(`${method} ${url} was answered ${response.status} ${text}`)
}

/** Sends a POST, which may have been sent before. */
async function post(ledger: Ledger, { address }: Server, title: string): Promise<void> {
  ledger.posted.set(title, false)
  await send('POST', `${address}/todos`, { userId: 1, title }, 201, {
    'idempotency-key': `"${title}"`,
  })
  ledger.posted.set(title, true)
  ledger.acknowledged++
}

/** Makes the rows that the writers count up. */
export async function makeCounters(ledger: Ledger, server: Server): Promise<void> {
  for (let writer = 0; writer < writers; writer++) {
    await post(ledger, server, `counter ${writer}`)
    ledger.counted.push({ acknowledged: 1, sent: 1 })
  }
}

/** Counts the writer's own counter up by one. */
async function countUp(ledger: Ledger, { address }: Server, writer: number): Promise<void> {
  const counter = ledger.counted[writer]
  if (counter === undefined) throw new Error(`There is no counter ${writer}.`)
  counter.sent++
  await send('PATCH', `${address}/todos/${writer + 1}`, { userId: counter.sent }, 200)
  counter.acknowledged = counter.sent
  ledger.acknowledged++
}

interface Round {
  readonly number: number
  /** How many more writes are to be acknowledged before the end. */
  readonly enough: number
  /** Brings the end about, while writes are under way. */
  readonly end: (server: Server) => void
}

/** Everybody writes until the end, after which the process is killed if it is not gone. */
export async function writeUntil(
  ledger: Ledger,
  server: Server,
  { number, enough, end }: Round,
): Promise<void> {
  const goal = ledger.acknowledged + enough
  let over = false
  const write = async (writer: number): Promise<void> => {
    for (let n = 0; ; n++) {
      if (n % 2 === 0) await post(ledger, server, `round ${number} writer ${writer} todo ${n}`)
      else await countUp(ledger, server, writer)
      if (over || ledger.acknowledged < goal) continue
      over = true
      end(server)
      signalAll(server, 'SIGKILL')
    }
  }
  const ends = await Promise.allSettled(
    Array.from({ length: writers }, (_, writer) => write(writer)),
  )
  await kill(server)
  // The connection breaks off when the process is killed; nothing else may go wrong.
  for (const end of ends)
    if (end.status === 'rejected' && !(end.reason instanceof TypeError)) throw end.reason
  if (!over) throw new Error('The process ended before it was made to.', { cause: ends })
}

export interface Audit {
  readonly lost: string[]
  readonly twice: string[]
  /** SQLite's own word for a sound file is `ok`. */
  readonly integrity: string
}

export const sound: Audit = { lost: [], twice: [], integrity: 'ok' }

/** Holds the file against the ledger. Reads it beside the process that serves it. */
export function audit(file: string, { posted, counted }: Ledger): Audit {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    const rows = db.prepare('select title, count(*) as number from todos group by title').all()
    const stored = new Map(rows.map(({ title, number }) => [String(title), Number(number)]))
    const values = db
      .prepare('select "userId" as value from todos where id <= ? order by id')
      .all(writers)
    const lostCounts = counted.flatMap(({ acknowledged, sent }, writer) => {
      const value = Number(values[writer]?.value)
      return value >= acknowledged && value <= sent
        ? []
        : [`counter ${writer}: ${value}, not ${acknowledged} to ${sent}`]
    })
    const lostPosts = [...posted]
      .filter(([title, known]) => known && !stored.has(title))
      .map(([title]) => title)
    return {
      lost: [...lostPosts, ...lostCounts],
      twice: [...stored].filter(([, number]) => number > 1).map(([title]) => title),
      integrity: db.prepare('pragma integrity_check').all().flatMap(Object.values).join('\n'),
    }
  } finally {
    db.close()
  }
}

/**
 * Everybody writes until it is over. Who gets no answer asks again, as a client does: a POST under its Idempotency-Key, and a
 * counter by the next value. Returns how often that was.
 */
export async function writeOn(
  ledger: Ledger,
  server: Server,
  isOver: () => boolean,
): Promise<number> {
  let broken = 0
  const insist = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act()
    } catch (error) {
      // The connection breaks off when its worker is killed; nothing else may go wrong.
      if (!(error instanceof TypeError)) throw error
      broken++
      await pause(10)
      await insist(act)
    }
  }
  const write = async (writer: number): Promise<void> => {
    for (let n = 0; !isOver(); n++) {
      const title = `writer ${writer} todo ${n}`
      await insist(() =>
        n % 2 === 0 ? post(ledger, server, title) : countUp(ledger, server, writer),
      )
    }
  }
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))
  return broken
}

/** What was asked of the dead process and never answered is asked again of the next one. */
export async function retryUnanswered(ledger: Ledger, server: Server): Promise<number> {
  const unanswered = [...ledger.posted].filter(([, known]) => !known).map(([title]) => title)
  for (const title of unanswered) await post(ledger, server, title)
  return unanswered.length
}

/** The service has as many rows as were sent. */
export async function requireNothingElse(
  t: Test,
  { posted }: Ledger,
  { address }: Server,
): Promise<void> {
  const response = await fetch(`${address}/todos?limit=1`, { headers: { prefer: 'count=exact' } })
  const total = response.headers.get('x-total-count')
  t.equal(total, String(posted.size), 'nothing is there that nobody sent')
}
