// The process is killed while it stores an import, again and again: all rows are there in the end, each once, or the import
// was cancelled and none is.

import { setTimeout as pause } from 'node:timers/promises'
import { kill, type Server, serve } from '../support/ledger.ts'
import { record, rounds } from '../support/record.ts'
import { onEveryDatabase } from '../support/service.ts'

const killings = rounds(10)
const rows = 40_000

const text = Array.from(
  { length: rows },
  (_, n) => `{"name":"Land ${n}","capital":"Stadt ${n}","area":${n}}\n`,
).join('')

async function sendLater({ address }: Server): Promise<string> {
  const answer = await fetch(`${address}/countries`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', prefer: 'respond-async' },
    body: text,
  })
  if (answer.status !== 202) throw new Error(`${answer.status} ${await answer.text()}`)
  return String(answer.headers.get('location'))
}

interface Import {
  readonly state: string
  readonly created: number
  readonly ended_at: string | null
}

async function read({ address }: Server, path: string): Promise<Import> {
  return (await (await fetch(address + path)).json()) as Import
}

async function countOf({ address }: Server): Promise<number> {
  const headers = { prefer: 'count=exact' }
  const answer = await fetch(`${address}/countries?limit=1`, { headers })
  return Number(answer.headers.get('x-total-count'))
}

async function endOf(server: Server, path: string): Promise<Import> {
  for (;;) {
    const found = await read(server, path)
    if (found.ended_at !== null) return found
    await pause(100)
  }
}

onEveryDatabase(
  'killed while imports are stored: each is stored once, or not at all',
  async (t, url) => {
    t.setTimeout(killings * 60_000 + 60_000)
    let server = await serve(t, { url })
    let expected = await countOf(server)
    let broken = 0
    for (let round = 1; round <= killings; round++) {
      const path = await sendLater(server)
      // At any moment of the work, from its beginning to after its end.
      await pause(Math.random() * 1500)
      broken += Number((await read(server, path)).ended_at === null)
      await kill(server)
      server = await serve(t, { url })
      const cancelled = round % 3 === 0
      if (cancelled) await fetch(server.address + path, { method: 'DELETE' })
      else {
        const { state, created } = await endOf(server, path)
        t.strictSame([state, created], ['done', rows], `round ${round}`)
        expected += rows
      }
      const count = await countOf(server)
      // What had ended before it was cancelled is stored.
      if (cancelled && count === expected + rows) expected += rows
      t.equal(count, expected, `round ${round}`)
    }
    t.ok(broken > 0, 'the kills did break imports off')
    await kill(server)
    record(t, {
      method: `SIGKILL while imports are stored (${new URL(url).protocol.slice(0, -1)})`,
      rounds: killings,
      acknowledged: killings,
      lost: 0,
    })
  },
)
