// Refuses a pooler (PgBouncer, Supavisor, RDS Proxy and others) that shares the sessions of the server among its clients,
// transaction by transaction. Prepared statements, time limits and locks belong to a session.

import type { Statement } from '../store.ts'
import { isSaidByServer, messageOf, Unusable } from './errors.ts'

const advice =
  'take the address of PostgreSQL itself, or of a pooler in session mode (docs/postgresql.md says more)'

interface ServerSession {
  /** The server's id of the session that the connection has at this moment. */
  sessionId(): Promise<unknown>
  run(statement: Statement): Promise<unknown>
  discard(): void
}

/** How often a connection is checked, because a pooler may give it the same session a few times by chance. */
const looks = 10

/** Throws `Unusable` if other clients get the session meanwhile. `open` makes a second connection in the same way. */
export async function requireSessions(
  session: ServerSession,
  open: () => Promise<ServerSession>,
): Promise<void> {
  const other = await open()
  try {
    if (await isShared(session, other))
      throw new Unusable(
        `A connection pooler in transaction mode is not what the service can work with: ${advice}`,
      )
  } finally {
    other.discard()
  }
}

async function isShared(session: ServerSession, other: ServerSession): Promise<boolean> {
  const id = await session.sessionId()
  const moved = async () => (await session.sessionId()) !== id
  // If each statement gets any session, there are no transactions to check.
  if ((await other.sessionId()) === id) return true
  // While the other connection is in a transaction, nobody else has its session.
  await other.run(script('begin'))
  if ((await other.sessionId()) === id || (await moved())) return true
  await other.run(script('rollback'))
  for (let look = 0; look < looks; look++) if (await moved()) return true
  return false
}

function script(text: string): Statement {
  return { text, values: [], script: true }
}

/** Whether a pooler has refused a setting of the session because it does not pass it on. */
export function isSettingRefused(error: unknown): boolean {
  return isSaidByServer(error) && messageOf(error).startsWith('unsupported startup parameter')
}
