// The power fails under a load of writes, as the disk sees it: what was acknowledged is there. A control that does not
// wait for the disk must lose something, or the test would prove nothing.

import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { diskWithPower, whyNoPowerLoss } from '../support/disk.ts'
import {
  type Audit,
  audit,
  kill,
  Ledger,
  makeCounters,
  retryUnanswered,
  serve,
  signalAll,
  sound,
  writeUntil,
} from '../support/ledger.ts'
import { record, rounds } from '../support/record.ts'

const reason = whyNoPowerLoss()
const skip = reason === undefined ? false : `a power loss is not simulated: ${reason}`

/** Runs so many rounds; `look` is shown what each left and says whether to go on. */
async function losePower(
  t: Test,
  many: number,
  preload: string | undefined,
  look: (found: Audit) => boolean,
) {
  const disk = diskWithPower(t)
  const file = `${disk.folder}/data.db`
  const ledger = new Ledger()
  const start = () => serve(t, { file, ...(preload === undefined ? {} : { preload }) })
  let server = await start()
  await makeCounters(ledger, server)
  let round = 0
  for (let goOn = true; goOn && round < many; ) {
    round++
    const enough = 40 + (round % 20) * 17
    await writeUntil(ledger, server, {
      number: round,
      enough,
      end: server => {
        signalAll(server, 'SIGSTOP')
        disk.cutPower()
      },
    })
    disk.restorePower()
    server = await start()
    goOn = look(audit(file, ledger))
    if (goOn) await retryUnanswered(ledger, server)
  }
  await kill(server)
  return { rounds: round, acknowledged: ledger.acknowledged }
}

t.test(
  'the power fails under a load of writes: nothing acknowledged is lost',
  { skip },
  async t => {
    const many = rounds(3)
    t.setTimeout(many * 20_000)
    let lost = 0
    const outcome = await losePower(t, many, undefined, found => {
      t.strictSame(found, sound)
      lost += found.lost.length
      return true
    })
    record(t, { method: 'power loss (ext4, no flush)', ...outcome, lost })
  },
)

t.test(
  'without waiting for the disk, acknowledged writes are lost: the test can fail',
  { skip },
  async t => {
    t.setTimeout(300_000)
    const preload = pathToFileURL('test/durability/weaken.ts').href
    let lost = 0
    const outcome = await losePower(t, 12, preload, found => {
      t.strictSame(
        { twice: found.twice, integrity: found.integrity },
        { twice: [], integrity: 'ok' },
      )
      lost += found.lost.length
      return lost === 0
    })
    t.ok(lost > 0, `in ${outcome.rounds} rounds`)
    record(t, { method: 'control: power loss with synchronous=NORMAL', ...outcome, lost })
  },
)
