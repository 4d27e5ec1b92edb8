// The process is killed under a load of writes, again and again: what was acknowledged is there, and nothing twice.

import t from 'tap'
import {
  audit,
  kill,
  Ledger,
  makeCounters,
  requireNothingElse,
  retryUnanswered,
  serve,
  sound,
  writeUntil,
} from '../support/ledger.ts'
import { record, rounds } from '../support/record.ts'

const killings = rounds(20)

t.test(
  'killed under a load of writes: nothing acknowledged is lost, nothing is there twice',
  async t => {
    t.setTimeout(killings * 15_000)
    const file = `${t.testdir()}/killed.db`
    const ledger = new Ledger()
    const totals = { retried: 0, lost: 0 }
    let server = await serve(t, { file })
    await makeCounters(ledger, server)
    for (let round = 1; round <= killings; round++) {
      const enough = 40 + (round % 20) * 17
      await writeUntil(ledger, server, {
        number: round,
        enough,
        end: ({ child }) => child.kill('SIGKILL'),
      })
      server = await serve(t, { file })
      const found = audit(file, ledger)
      t.strictSame(found, sound, `round ${round}`)
      totals.lost += found.lost.length
      totals.retried += await retryUnanswered(ledger, server)
    }
    t.strictSame(audit(file, ledger), sound, 'after the last retries')
    await requireNothingElse(t, ledger, server)
    await kill(server)
    t.ok(totals.retried > 0, 'the kills did leave requests unanswered')
    record(t, {
      method: 'SIGKILL under load',
      rounds: killings,
      acknowledged: ledger.acknowledged,
      lost: totals.lost,
    })
  },
)
