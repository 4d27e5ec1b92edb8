// How callers share the connections of a pool.

import type { Connection } from './connection.ts'

/** The use of a connection: a single statement that reads or writes, or the connection for a caller alone. */
export type Use = 'read' | 'write' | 'own'

/** Those who use a connection, all in the same way. */
export interface Users {
  use: Use
  count: number
  /** In ms, when the server began with what it does now. */
  since: number
}

/** How many share a connection, one behind the other, if there is no other connection. */
const mostUsers: Readonly<Record<Use, number>> = { read: 16, write: 8, own: 1 }
/** In ms. Behind a statement that takes longer, because it waits for a lock or reads a lot, nobody is put. */
const longTime = 50

/** The connection that the fewest use in the same way. */
export function leastUsed(
  connections: ReadonlyMap<Connection, Users>,
  use: Use,
): Connection | undefined {
  const long = performance.now() - longTime
  let least: Connection | undefined
  let fewest = mostUsers[use]
  for (const [connection, users] of connections)
    if (users.use === use && users.count < fewest && users.since > long) {
      least = connection
      fewest = users.count
    }
  return least
}

export function join(users: Users, use: Use): void {
  if (users.count === 0) users.since = performance.now()
  users.use = use
  users.count++
}

/** Returns whether nobody uses the connection any more. */
export function leave(users: Users): boolean {
  users.count--
  users.since = performance.now()
  return users.count === 0
}
