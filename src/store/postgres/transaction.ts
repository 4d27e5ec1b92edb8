// A transaction of PostgreSQL: a work is run to its end and committed, or rolled back.

import type { Row } from '../../resource/row.ts'
import { writeInQuery } from '../faults.ts'
import { plain, type Statement, StoreError, type Work } from '../store.ts'
import { type Begun, begin, endWith, type Outcome, proceed } from './alone.ts'
import type { Connection } from './connection.ts'
import { ConnectionLost, firstCause, isReadOnly, toStoreError } from './errors.ts'
import { scriptError, scriptToStatements } from './script.ts'

export type Mode =
  | 'begin'
  | 'begin read only'
  | 'begin isolation level serializable'
  | 'begin isolation level repeatable read read only'

/**
 * The first statement is sent with the `begin`, and the commit with the last one where that is known: to wait in between
 * would be a way there and back more.
 */
export async function inTransaction<T>(
  connection: Connection,
  begun: Begun<T>,
  mode: Mode,
): Promise<T> {
  const opened = open(connection, mode)
  let committing: Promise<void> | undefined
  const commit = () => {
    committing ??= commitOn(connection)
    // The error of the last statement comes first.
    committing.catch(() => {})
    return committing
  }
  const [result] = await Promise.all([step(connection, begun, commit), opened]).catch(
    async error => {
      // A connection that was not rolled back must not be used again.
      if (committing === undefined)
        await connection.run(plain('rollback')).catch(() => connection.discard())
      throw error
    },
  )
  await commit()
  return result
}

/** Runs a statement that is a transaction of its own. Throws where it is not known what became of it. */
export async function runAlone(connection: Connection, statement: Statement): Promise<Outcome> {
  // Nothing has been sent, so that another connection can be tried.
  if (connection.lost) throw new ConnectionLost('The connection broke before.')
  return knownOutcome(await outcomeOf(connection.run(statement)))
}

async function commitOn(connection: Connection): Promise<void> {
  await connection.commit().catch(error => {
    throw error instanceof ConnectionLost ? unknown(error) : error
  })
}

async function outcomeOf(running: Promise<readonly Row[]>): Promise<Outcome> {
  return running.then(
    rows => ({ rows }),
    error => ({ error: toStoreError(error) }),
  )
}

/** Throws, past the work, if nobody knows what was done, or if another server may do it. */
function knownOutcome(outcome: Outcome): Outcome {
  if (!('error' in outcome)) return outcome
  const { cause } = outcome.error
  if (cause instanceof ConnectionLost) throw unknown(cause)
  if (isReadOnly(cause)) throw outcome.error
  return outcome
}

function unknown(error: ConnectionLost): StoreError {
  return new StoreError('unknown', `The connection broke during a commit: ${error.message}`, {
    cause: error,
  })
}

/** A statement of somebody else's, in a transaction in which the server refuses to write. */
export async function readAlone(
  connection: Connection,
  statement: Statement,
): Promise<readonly Row[]> {
  const work = function* (): Work<readonly Row[]> {
    return yield { ...statement, readOnly: false }
  }
  try {
    return await inTransaction(connection, begin(work()), 'begin read only')
  } catch (error) {
    // Without its cause, by which the server would be taken for a standby.
    throw isReadOnly(firstCause(error)) ? writeInQuery(error) : error
  }
}

/** A server that refuses it may run what follows on its own: the work ends there, with the connection. */
async function open(connection: Connection, mode: string): Promise<void> {
  await connection.run(plain(mode)).catch(error => {
    if (error instanceof ConnectionLost) throw error
    connection.discard()
    throw new StoreError('unknown', `A transaction did not begin: ${error.message}`, {
      cause: error,
    })
  })
}

/** Runs a work to its end: what a statement throws is thrown at its `yield`. */
async function step<T>(
  connection: Connection,
  { work, first }: Begun<T>,
  commit: () => Promise<void>,
): Promise<T> {
  let unhurried = false
  let next = first
  while (!next.done) {
    unhurried ||= next.value.unhurried === true
    const running = outcomeOf(runStatement(connection, next.value, unhurried))
    if (next.value.last) {
      void commit()
      return endWith(work, knownOutcome(await running))
    }
    next = proceed(work, await running)
  }
  return next.value
}

/** A transaction in the transaction, which takes back that it may only read when it ends. */
const beginReading = { ...plain('savepoint reading; set transaction read only'), script: true }
const endReading = { ...plain('rollback to reading; release reading'), script: true }

async function runReadOnly(connection: Connection, statement: Statement): Promise<readonly Row[]> {
  await connection.run(beginReading)
  const rows = await connection.run(statement).catch(error => {
    throw isReadOnly(error) ? writeInQuery(error) : error
  })
  await connection.run(endReading)
  return rows
}

/** Throws a `StoreError`. */
export async function runStatement(
  connection: Connection,
  statement: Statement,
  unhurried: boolean,
): Promise<readonly Row[]> {
  try {
    if (statement.readOnly) return await runReadOnly(connection, statement)
    if (!statement.script) return await connection.run(statement, { unhurried })
    for (const part of scriptToStatements(statement.text)) await connection.run(part, { unhurried })
    return []
  } catch (error) {
    throw statement.script ? scriptError(error) : toStoreError(error)
  }
}
