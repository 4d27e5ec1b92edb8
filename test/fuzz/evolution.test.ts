// Random definitions with rows that go through random changes, each by a start, by `migrate` or by a file that `migrate new`
// writes; some are killed in the middle. Afterwards the rows are those of a model, private ones are private, the rules
// are held, tags and cursors from before are right or refused. Some changes are taken back, and done again.
// The test takes the same seed each time; `npm run fuzz:evolution` draws one, FUZZ_SEED repeats a run and FUZZ_WORLDS makes it longer.

import { rmSync } from 'node:fs'
import t from 'tap'
import { Life } from '../support/life-of-world.ts'
import { randomFrom } from '../support/random-definitions.ts'
import { databases } from '../support/service.ts'

const seed = Number(process.env.FUZZ_SEED ?? 606489348)
const worlds = Number(process.env.FUZZ_WORLDS ?? 4)

// The work is bounded by its count. On a busy machine a world takes many times the three seconds of an idle one.
t.setTimeout(worlds * databases.length * 120_000)

t.comment(`FUZZ_SEED=${seed}`)
for (const database of databases)
  for (let world = 0; world < worlds; world++)
    t.test(
      `world ${world} of seed ${seed} goes through its changes (${database.name})`,
      async t => {
        const url = await database.url(t)
        const folder = `${t.testdirName}/migrations`
        rmSync(folder, { recursive: true, force: true })
        const life = new Life(t, { random: randomFrom(seed + world), url, folder })
        const done = await life.live()
        rmSync(folder, { recursive: true, force: true })
        t.ok(Number(done.requests) > 50, JSON.stringify(done))
      },
    )
