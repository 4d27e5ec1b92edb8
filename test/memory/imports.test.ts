// An import takes no more memory the larger it is, and on SQLite it has a bound in rows.

import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { emptyPostgres } from '../support/postgres.ts'
import { type Process, skip, start } from './process.ts'

const most = 512

interface Import {
  readonly state: string
  readonly created: number
  readonly detail: string | null
  readonly ended_at: string | null
}

async function imported({ port }: Process, lines: Iterable<string>): Promise<Import> {
  const address = `http://127.0.0.1:${port}`
  const sent = await fetch(`${address}/blobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', prefer: 'respond-async' },
    body: ReadableStream.from(bytesOf(lines)),
    duplex: 'half',
  } as RequestInit)
  if (sent.status !== 202) throw new Error(`${sent.status} ${await sent.text()}`)
  for (;;) {
    const asked = await fetch(address + sent.headers.get('location'))
    const found = (await asked.json()) as Import
    if (found.ended_at !== null) return found
    await pause(200)
  }
}

function* bytesOf(lines: Iterable<string>): Generator<Uint8Array> {
  for (const line of lines) yield Buffer.from(line)
}

function* repeated(line: string, times: number): Generator<string> {
  for (let n = 0; n < times; n++) yield line
}

/** A row of a MiB: letters of two bytes each, in the text as in memory. */
const large = `${JSON.stringify(Object.fromEntries([...'abcdefgh'].map(name => [name, 'я'.repeat(65_500)])))}\n`
const rows = 256

async function survives(t: Test, url: string): Promise<void> {
  const service = await start(t, url, 0)
  const found = await imported(service, repeated(large, rows))
  t.match(found, { state: 'done', created: rows }, JSON.stringify(found))
  const peak = service.peak()
  t.ok(peak < most, `${peak.toFixed(0)} MiB at most`)
}

t.test('a process with 512 MiB stores 256 MiB of the largest rows', skip, async t =>
  survives(t, `sqlite:${t.testdir()}/blobs.db`),
)

t.test('the same over PostgreSQL', skip, async t => survives(t, await emptyPostgres(t)))

t.test('on SQLite an import has up to a million rows', skip, async t => {
  const service = await start(t, `sqlite:${t.testdir()}/blobs.db`, 0)
  const portions = (count: number) => repeated('{}\n'.repeat(1000), count)
  t.match(await imported(service, portions(1000)), { state: 'done', created: 1_000_000 })
  t.match(await imported(service, [...portions(1000), '{}\n']), {
    state: 'failed',
    created: 0,
    detail: 'It may bring up to 1000000 blobs.',
  })
  const peak = service.peak()
  t.ok(peak < most, `${peak.toFixed(0)} MiB at most`)
})
