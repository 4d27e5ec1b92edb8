// A transaction of PostgreSQL: a work is run to its end and committed, or rolled back.

import type { Row } from '../../resource/row.ts'
import { writeInQuery } from '../faults.ts'
import { plain, type Statement, StoreError, type Work } from '../store.ts'
import type { Connection } from './connection.ts'
import { ConnectionLost, firstCause, isReadOnly, toStoreError } from './errors.ts'
import { scriptError, scriptToStatements } from './script.ts'

export type Mode =
  | 'begin'
  | 'begin read only'
  | 'begin isolation level serializable'
  | 'begin isolation level repeatable read read only'

/** The first statement is sent with the `begin`: to wait for that would be a way there and back more. */
export async function inTransaction<T>(
  connection: Connection,
  work: Work<T>,
  mode: Mode,
): Promise<T> {
  const begun = begin(connection, mode)
  const [result] = await Promise.all([step(connection, work), begun]).catch(async error => {
    // What was not rolled back must not be used again.
    await connection.run(plain('rollback')).catch(() => connection.discard())
    throw error
  })
  await connection.commit().catch(error => {
    if (!(error instanceof ConnectionLost)) throw error
    throw new StoreError('unknown', `The connection broke during a commit: ${error.message}`, {
      cause: error,
    })
  })
  return result
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
    return await inTransaction(connection, work(), 'begin read only')
  } catch (error) {
    // Without its cause, by which the server would be taken for a standby.
    throw isReadOnly(firstCause(error)) ? writeInQuery(error) : error
  }
}

/** A server that refuses it may run what follows on its own: the work ends there, with the connection. */
async function begin(connection: Connection, mode: string): Promise<void> {
  await connection.run(plain(mode)).catch(error => {
    if (error instanceof ConnectionLost) throw error
    connection.discard()
    throw new StoreError('unknown', `A transaction did not begin: ${error.message}`, {
      cause: error,
    })
  })
}

/** Runs a work to its end: what a statement throws is thrown at its `yield`. */
async function step<T>(connection: Connection, work: Work<T>): Promise<T> {
  let unhurried = false
  let next = work.next([])
  while (!next.done) {
    unhurried ||= next.value.unhurried === true
    const outcome = await runStatement(connection, next.value, unhurried).then(
      rows => ({ rows }),
      (error: StoreError) => ({ error }),
    )
    next = 'rows' in outcome ? work.next(outcome.rows) : work.throw(outcome.error)
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
