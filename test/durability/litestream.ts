// `npm run rehearse:litestream`: the real Litestream beside the service, both killed under a load of writes. What was
// acknowledged two seconds before is in the copy. It is built from its Go module, or taken from `LITESTREAM`.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t, { type Test } from 'tap'
import { audit, Ledger, makeCounters, serve, sound, writeUntil } from '../support/ledger.ts'
import { record, rounds } from '../support/record.ts'

const version = 'v0.5.18'
/** In ms: Litestream copies every second, and may be in the middle of that. */
const promised = 2_000
const killings = rounds(3)

function litestream(): string {
  if (process.env.LITESTREAM) return process.env.LITESTREAM
  const folder = resolve('node_modules/.cache/litestream', version)
  const program = join(folder, 'litestream')
  if (existsSync(program)) return program
  mkdirSync(folder, { recursive: true })
  const env = { ...process.env, GOBIN: folder }
  execFileSync('go', ['install', `github.com/benbjohnson/litestream/cmd/litestream@${version}`], {
    env,
    stdio: 'inherit',
  })
  return program
}

/** What callers had been told at a moment. */
interface Moment {
  readonly at: number
  readonly acknowledged: readonly string[]
  readonly counts: readonly number[]
}

function look({ posted, counted }: Ledger): Moment {
  const acknowledged = [...posted].filter(([, known]) => known).map(([title]) => title)
  return { at: performance.now(), acknowledged, counts: counted.map(each => each.acknowledged) }
}

/** The same ledger as of that moment; what was sent since may be there or not. */
function asOf({ acknowledged, counts }: Moment, { posted, counted }: Ledger): Ledger {
  const then = new Ledger()
  for (const title of posted.keys()) then.posted.set(title, acknowledged.includes(title))
  for (const [writer, { sent }] of counted.entries())
    then.counted.push({ acknowledged: counts[writer] ?? 0, sent })
  return then
}

async function loseTheMachine(t: Test, ledger: Ledger, number: number, program: string) {
  const folder = t.testdir()
  const file = join(folder, 'served.db')
  const config = join(folder, 'litestream.yml')
  const replica = { type: 'file', path: join(folder, 'copy') }
  writeFileSync(config, JSON.stringify({ dbs: [{ path: file, replica }] }))
  const server = await serve(t, { file })
  const copying = spawn(program, ['replicate', '-config', config], { stdio: 'ignore' })
  t.teardown(() => copying.kill('SIGKILL'))
  await makeCounters(ledger, server)
  const moments: Moment[] = []
  const timer = setInterval(() => moments.push(look(ledger)), 100)
  let ended = 0
  const end = () => {
    ended = performance.now()
    copying.kill('SIGKILL')
  }
  await writeUntil(ledger, server, { number, enough: 8000, end })
  clearInterval(timer)
  await endOf(copying)
  const moment = moments.findLast(({ at }) => at <= ended - promised)
  if (moment === undefined) throw new Error('The load was over before anything was promised.')
  const restored = join(folder, 'restored.db')
  execFileSync(program, ['restore', '-config', config, '-o', restored, file])
  t.strictSame(audit(restored, asOf(moment, ledger)), sound)
  const { lost } = audit(restored, ledger)
  t.comment(
    `${ledger.acknowledged} acknowledged, of which ${moment.acknowledged.length} creates ${promised} ms before the end; ${lost.length} of the last ones are not in the copy`,
  )
  return moment.acknowledged.length
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

t.test('what was acknowledged two seconds before is in the copy', async t => {
  t.setTimeout(killings * 120_000 + 600_000)
  const program = litestream()
  let acknowledged = 0
  for (let number = 1; number <= killings; number++)
    await t.test(`round ${number}`, async t => {
      acknowledged += await loseTheMachine(t, new Ledger(), number, program)
    })
  const method = 'SIGKILL of the service and of Litestream under load'
  record(t, { method, rounds: killings, acknowledged, lost: 0 })
})
