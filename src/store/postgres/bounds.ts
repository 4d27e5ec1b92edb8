// The bounds of a connection to a PostgreSQL server.

/** In ms, limits that the server enforces: for a statement, for the wait for a lock, for an idle transaction. */
export const limits = {
  statement_timeout: 10_000,
  lock_timeout: 3_000,
  idle_in_transaction_session_timeout: 10_000,
}
/** In ms: how long a server may be silent before it is suspicious, and before the connection is given up in any case. */
export const suspiciousSilence = 1_000
export const usualSilence = limits.statement_timeout + 2_000
