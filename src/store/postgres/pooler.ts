// A pooler between us and the server (PgBouncer, Supavisor, RDS Proxy and others): one that gives a client the session of
// another after each transaction is refused. Prepared statements, time limits and locks are a session's.

import type { Statement } from '../store.ts'
import { isSaidByServer, messageOf, Unusable } from './errors.ts'

const advice =
  'take the address of PostgreSQL itself, or of a pooler in session mode (the README, under "PostgreSQL", says more)'

interface ServerSession {
  /** The server's id of the session that it has at this moment. */
  sessionId(): Promise<unknown>
  run(statement: Statement): Promise<unknown>
  discard(): void
}

/** How often a connection is looked at: a pooler may happen to give the same session a few times. */
const looks = 10

/** Throws `Unusable` where others are given the session meanwhile. `open` makes a second connection by the same way. */
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
  // Where each statement is given any session, there are no transactions to look at.
  if ((await other.sessionId()) === id) return true
  // While the other is in a transaction, nobody else has its session.
  await other.run(script('begin'))
  if ((await other.sessionId()) === id || (await moved())) return true
  await other.run(script('rollback'))
  for (let look = 0; look < looks; look++) if (await moved()) return true
  return false
}

function script(text: string): Statement {
  return { text, values: [], script: true }
}

/** What a pooler says that knows nothing of the limits that a session is to have. */
export function explainPooler(error: unknown): unknown {
  const parameter =
    isSaidByServer(error) && /unsupported startup parameter: (\w+)/.exec(messageOf(error))?.[1]
  if (!parameter) return error
  return new Unusable(`A connection pooler there does not pass on ${parameter}: ${advice}`, {
    cause: error,
  })
}
