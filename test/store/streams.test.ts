// Long results beside everything else that the process does.

import { openStore } from '../../src/store/open.ts'
import { plain } from '../../src/store/store.ts'
import { portionRows } from '../../src/store/streams.ts'
import { onEveryDatabase } from '../support/service.ts'

const count = 100 * portionRows

const manyRows = plain(`
  with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${count})
  select n, 'A text as long as many a title of a book' from numbers`)

/** Counts how often the event loop came round. */
function countTurns(): { readonly turns: number; stop(): void } {
  let turns = 0
  let next = setImmediate(function turn() {
    turns++
    next = setImmediate(turn)
  })
  return {
    get turns() {
      return turns
    },
    stop: () => clearImmediate(next),
  }
}

onEveryDatabase('others are served between the portions of a long result', async (t, url) => {
  const store = openStore(url, { exclusive: false })
  t.teardown(() => store.close())
  const loop = countTurns()
  t.teardown(loop.stop)
  let rows = 0
  let alone = 0
  let before = loop.turns
  for await (const portion of store.stream(manyRows)) {
    rows += portion.length
    if (loop.turns === before) alone++
    before = loop.turns
  }
  t.equal(rows, count)
  t.equal(alone, 0, 'portions that came in the same turn of the event loop as the one before')
})
