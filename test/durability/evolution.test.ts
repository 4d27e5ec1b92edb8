// The process is killed while it changes tables, again and again: what there was is there, and the next one finishes it.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { before, catalogOf, filled, target } from '../support/evolution.ts'
import { record, rounds } from '../support/record.ts'
import { databases } from '../support/service.ts'

const killings = rounds(10)
const count = 20_000
const script = fileURLToPath(new URL('../support/evolution.ts', import.meta.url))

/** Begins to change the tables; fulfilled when it is about to. */
async function evolve(
  url: string,
): Promise<{ readonly child: ChildProcess; readonly end: Promise<unknown[]> }> {
  const child = spawn(process.execPath, [script, url], { stdio: ['ignore', 'pipe', 'inherit'] })
  const end = once(child, 'exit')
  if (child.stdout !== null) await Promise.race([once(child.stdout, 'data'), end])
  return { child, end }
}

for (const { name, url } of databases)
  t.test(
    `killed while it changes tables: the next one finishes it, and no row is missing (${name})`,
    async t => {
      t.setTimeout(killings * 30_000)
      let expected: readonly string[] = []
      let time = 0
      await t.test('undisturbed', async t => {
        const address = await url(t)
        const database = await filled(t, address, count)
        const started = performance.now()
        const { end } = await evolve(address)
        t.strictSame(await end, [0, null])
        time = performance.now() - started
        expected = await catalogOf(database)
      })
      const outcomes = { before: 0, between: 0, after: 0 }
      for (let round = 1; round <= killings; round++)
        await t.test(`round ${round}`, async t => {
          const address = await url(t)
          const database = await filled(t, address, count)
          const original = await catalogOf(database)
          const { child, end } = await evolve(address)
          setTimeout(() => child.kill('SIGKILL'), Math.random() * time)
          await end
          const found = await catalogOf(database)
          const isBefore = JSON.stringify(found) === JSON.stringify(original)
          const isAfter = JSON.stringify(found) === JSON.stringify(expected)
          outcomes[isBefore ? 'before' : isAfter ? 'after' : 'between']++
          const seen = 'count(*), sum(old), count(distinct name)'
          const rows = async () =>
            (await database.store.query({ text: `select ${seen} from things`, values: [] })).map(
              ([...row]) => row.map(Number),
            )
          t.strictSame(await rows(), [[count, (count * (count + 1)) / 2, count]])
          await database.to(target)
          t.strictSame(await catalogOf(database), expected)
          t.strictSame(await rows(), [[count, (count * (count + 1)) / 2, count]])
          t.strictSame((await database.to({ defined: target.defined })).statements, [])
        })
      t.comment(`${before.length} tables: ${JSON.stringify(outcomes)}`)
      record(t, {
        method: `SIGKILL while tables change (${name})`,
        rounds: killings,
        acknowledged: killings * count,
        lost: 0,
      })
    },
  )
