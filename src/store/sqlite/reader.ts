// A thread that reads. It gets one statement after another, and answers each with rows or with what went wrong.

import { parentPort, workerData } from 'node:worker_threads'
import type { Row } from '../../resource/row.ts'
import { writeInQuery } from '../faults.ts'
import type { Statement, StoreErrorCode } from '../store.ts'
import { openReader } from './database.ts'
import { isRefusedWrite, toStoreError } from './errors.ts'
import { Patience } from './patience.ts'
import { Statements } from './statements.ts'

export interface ReaderData {
  readonly location: string
  /** In ms, how long a statement may take. */
  readonly maxTime: number
}

export type ReaderAnswer =
  | { readonly rows: readonly Row[] }
  | { readonly code: StoreErrorCode; readonly message: string }

const { location, maxTime } = workerData as ReaderData
const db = openReader(location)
const patience = new Patience(db)
const statements = new Statements(text => db.prepare(text, { returnArrays: true }))

function answer(statement: Statement): ReaderAnswer {
  try {
    return { rows: patience.during(maxTime, () => statements.run(statement)) }
  } catch (error) {
    const { code, message } = isRefusedWrite(error) ? writeInQuery(error) : toStoreError(error)
    return { code, message }
  }
}

parentPort?.on('message', (statement: Statement) => parentPort?.postMessage(answer(statement)))
