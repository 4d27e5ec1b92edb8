// The process is killed under a load of writes, again and again: what was acknowledged is there, and nothing twice.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'

const rounds = 20
const writers = 8

interface Server {
  readonly child: ChildProcess
  /** Fulfilled when the process has ended. */
  readonly ended: Promise<unknown>
  /** Where it listens, as it says itself. */
  readonly address: string
}

/** Starts the service as a person does, on any free port. */
async function serve(t: Test, file: string): Promise<Server> {
  const settings = {
    DATABASE_URL: `sqlite:${file}`,
    PORT: '0',
    HOST: '127.0.0.1',
    SAMPLE_DATA: 'false',
    LOG_LEVEL: 'warn',
  }
  const child = spawn(process.execPath, ['src/cli.ts', 'serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, ...settings },
  })
  const ended = once(child, 'exit')
  t.teardown(() => child.kill('SIGKILL'))
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
    if (address !== undefined) return { child, ended, address }
  }
  throw new Error(`The service ended before it listened: ${await ended}`)
}

async function kill({ child, ended }: Server): Promise<void> {
  child.kill('SIGKILL')
  await ended
}

/** What the callers know: what they asked for, and what they were told. */
class Ledger {
  /** The titles that a POST was sent for, each its own Idempotency-Key; whether it was acknowledged. */
  readonly posted = new Map<string, boolean>()
  /** Of each counter: the value that was acknowledged, and the one that was sent. */
  readonly counted: { acknowledged: number; sent: number }[] = []
  acknowledged = 0
}

/** Sends JSON; throws where the answer does not come or is another. */
async function send(method: string, url: string, json: object, expected: number, headers = {}): Promise<void> {
  const body = JSON.stringify(json)
  const response = await fetch(url, { method, body, headers: { 'content-type': 'application/json', ...headers } })
  const text = await response.text()
  if (response.status !== expected) throw new Error(`${method} ${url} was answered ${response.status} ${text}`)
}

/** Sends a POST, which may have been sent before. */
async function post(ledger: Ledger, { address }: Server, title: string): Promise<void> {
  ledger.posted.set(title, false)
  await send('POST', `${address}/todos`, { userId: 1, title }, 201, { 'idempotency-key': `"${title}"` })
  ledger.posted.set(title, true)
  ledger.acknowledged++
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

/** Everybody writes until the process is killed, which it is once so many more writes are acknowledged. */
async function writeUntilKilled(ledger: Ledger, server: Server, round: number, enough: number): Promise<void> {
  const goal = ledger.acknowledged + enough
  const write = async (writer: number): Promise<void> => {
    for (let n = 0; ; n++) {
      if (n % 2 === 0) await post(ledger, server, `round ${round} writer ${writer} todo ${n}`)
      else await countUp(ledger, server, writer)
      if (ledger.acknowledged >= goal) server.child.kill('SIGKILL')
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: writers }, (_, writer) => write(writer)))
  await kill(server)
  // The connection breaks off when the process is killed; nothing else may go wrong.
  for (const end of ends) if (end.status === 'rejected' && !(end.reason instanceof TypeError)) throw end.reason
  if (ledger.acknowledged < goal) throw new Error('The process ended before it was killed.', { cause: ends })
}

interface Losses {
  readonly lost: string[]
  readonly twice: string[]
}

/** Holds the file against the ledger. Reads it beside the process that serves it. */
function audit(file: string, { posted, counted }: Ledger): Losses & { integrity: unknown } {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    const rows = db.prepare('select title, count(*) as number from todos group by title').all()
    const stored = new Map(rows.map(({ title, number }) => [String(title), Number(number)]))
    const values = db.prepare('select "userId" as value from todos where id <= ? order by id').all(writers)
    const lostCounts = counted.flatMap(({ acknowledged, sent }, writer) => {
      const value = Number(values[writer]?.value)
      return value >= acknowledged && value <= sent
        ? []
        : [`counter ${writer}: ${value}, not ${acknowledged} to ${sent}`]
    })
    return {
      lost: [
        ...[...posted].filter(([title, known]) => known && !stored.has(title)).map(([title]) => title),
        ...lostCounts,
      ],
      twice: [...stored].filter(([, number]) => number > 1).map(([title]) => title),
      integrity: db.prepare('pragma integrity_check').all(),
    }
  } finally {
    db.close()
  }
}

/** What was asked of the dead process and never answered is asked again of the next one. */
async function retryUnanswered(ledger: Ledger, server: Server): Promise<number> {
  const unanswered = [...ledger.posted].filter(([, known]) => !known).map(([title]) => title)
  for (const title of unanswered) await post(ledger, server, title)
  return unanswered.length
}

t.test('killed twenty times under a load of writes: nothing acknowledged is lost, nothing is there twice', async t => {
  t.setTimeout(120_000)
  const file = `${t.testdir()}/killed.db`
  const ledger = new Ledger()
  const totals = { retried: 0, lost: 0 }
  let server = await serve(t, file)
  for (let writer = 0; writer < writers; writer++) {
    await post(ledger, server, `counter ${writer}`)
    ledger.counted.push({ acknowledged: 1, sent: 1 })
  }
  for (let round = 1; round <= rounds; round++) {
    await writeUntilKilled(ledger, server, round, 40 + round * 17)
    server = await serve(t, file)
    const { lost, twice, integrity } = audit(file, ledger)
    t.strictSame({ lost, twice }, { lost: [], twice: [] }, `round ${round}`)
    t.same(integrity, [{ integrity_check: 'ok' }])
    totals.lost += lost.length
    totals.retried += await retryUnanswered(ledger, server)
  }
  const { lost, twice } = audit(file, ledger)
  t.strictSame({ lost, twice }, { lost: [], twice: [] }, 'after the last retries')
  const response = await fetch(`${server.address}/todos?limit=1`, { headers: { prefer: 'count=exact' } })
  t.equal(response.headers.get('x-total-count'), String(ledger.posted.size), 'and nothing is there that nobody sent')
  await kill(server)
  t.ok(totals.retried > 0, 'the kills did leave requests unanswered')
  t.comment(`rounds ${rounds}, acknowledged ${ledger.acknowledged}, retried ${totals.retried}, lost ${totals.lost}`)
})
