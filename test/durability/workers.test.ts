// Workers are killed at random under a load of writes: what was acknowledged is there, nothing is there twice, and who had a
// connection to one of the others notices nothing.

import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import {
  audit,
  kill,
  Ledger,
  makeCounters,
  requireNothingElse,
  serve,
  sound,
  writeOn,
} from '../support/ledger.ts'
import { freePort } from '../support/postgres-server.ts'
import { record, rounds } from '../support/record.ts'
import { childrenOf, whyNoWorkers } from '../support/workers.ts'

const killings = rounds(10)
const workers = 4

/** How many workers answer requests. */
async function serving(metricsPort: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
  return Number(/^restwell_workers (\d+)$/m.exec(text)?.[1])
}

t.test(
  'workers are killed under a load of writes: nothing acknowledged is lost, nothing is there twice',
  { skip: whyNoWorkers },
  async t => {
    t.setTimeout(killings * 15_000 + 30_000)
    const file = `${t.testdir()}/killed.db`
    const ledger = new Ledger()
    const metricsPort = await freePort()
    const server = await serve(t, { file, workers, metricsPort })
    const { pid = Number.NaN } = server.child
    await makeCounters(ledger, server)
    let killed = 0
    const load = writeOn(ledger, server, () => killed === killings)
    const isWhole = async () => (await serving(metricsPort)) === workers
    while (killed < killings) {
      const goal = ledger.acknowledged + 20 + Math.random() * 200
      while (ledger.acknowledged < goal || !(await isWhole())) await Promise.race([load, pause(10)])
      const running = childrenOf(pid)
      process.kill(running[Math.floor(Math.random() * running.length)] ?? Number.NaN, 'SIGKILL')
      killed++
    }
    const broken = await load
    // By then, no connection to the last one that was killed looks open.
    while (!(await isWhole())) await pause(10)
    const found = audit(file, ledger)
    t.strictSame(found, sound)
    await requireNothingElse(t, ledger, server)
    await kill(server)
    t.strictSame(audit(file, ledger), sound, 'and all of it is on disk')
    t.ok(broken > 0, 'the kills did break connections')
    record(t, {
      method: `SIGKILL of workers under load (of ${workers})`,
      rounds: killings,
      acknowledged: ledger.acknowledged,
      lost: found.lost.length,
    })
  },
)
