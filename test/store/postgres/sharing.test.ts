// Which connection a caller shares.

import t from 'tap'
import type { Connection } from '../../../src/store/postgres/connection.ts'
import {
  join,
  leastUsed,
  leave,
  type Use,
  type Users,
} from '../../../src/store/postgres/sharing.ts'

/** In ms, as if the server had begun with something so long ago. However busy the machine is, it has only just begun. */
const users = (use: Use, count: number, ago = -3_600_000): Users => ({
  use,
  count,
  since: performance.now() - ago,
})

/** The name of the connection that is chosen. */
function chosen(use: Use, all: Readonly<Record<string, Users>>): string | undefined {
  const names = new Map(
    Object.entries(all).map(([name, used]) => [{} as Connection, { name, used }]),
  )
  const connections = new Map([...names].map(([connection, { used }]) => [connection, used]))
  const connection = leastUsed(connections, use)
  return connection && names.get(connection)?.name
}

t.test('it is the one that the fewest use in the same way', async t => {
  t.equal(chosen('read', { a: users('read', 3), b: users('read', 2), c: users('read', 4) }), 'b')
  t.equal(chosen('read', { a: users('write', 1), b: users('read', 15) }), 'b')
  t.equal(chosen('write', { a: users('write', 7), b: users('read', 1) }), 'a')
})

t.test('it is none where all are full, or are used in another way', async t => {
  t.equal(
    chosen('read', { a: users('read', 16), b: users('write', 1), c: users('own', 1) }),
    undefined,
  )
  t.equal(chosen('write', { a: users('write', 8) }), undefined)
  t.equal(chosen('own', { a: users('own', 1) }), undefined)
  t.equal(chosen('read', {}), undefined)
})

t.test('behind a statement that takes long nobody is put', async t => {
  t.equal(chosen('read', { a: users('read', 1, 51), b: users('read', 9) }), 'b')
  t.equal(chosen('write', { a: users('write', 1, 51) }), undefined)
})

t.test('the time begins anew when a statement is over', async t => {
  const used: Users = { use: 'read', count: 0, since: 0 }
  join(used, 'write')
  t.ok(used.since > 0)
  used.since = 0
  join(used, 'write')
  t.strictSame(used, { use: 'write', count: 2, since: 0 }, 'who comes later does not change it')
  t.equal(leave(used), false)
  t.ok(used.since > 0)
  t.equal(leave(used), true, 'nobody uses it any more')
})
