// The clock of the database, by which instances whose own clocks differ agree on how old something is.

import { openStore } from '../../src/store/open.ts'
import { plain, type Work } from '../../src/store/store.ts'
import { onEveryDatabase } from '../support/service.ts'

onEveryDatabase('it goes on within a transaction', async (t, url) => {
  const store = openStore(url, { exclusive: false })
  t.teardown(() => store.close())
  const readClock = plain(`select ${store.dialect.secondsAgo('0')}`)
  const [first, second] = await store.transact(function* (): Work<readonly string[]> {
    const [[before] = []] = yield readClock
    for (const start = Date.now(); Date.now() < start + 10; );
    const [[after] = []] = yield readClock
    return [String(before), String(after)]
  })
  t.match(first, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  t.ok(String(second) > String(first), `${first}, then ${second}`)
})
