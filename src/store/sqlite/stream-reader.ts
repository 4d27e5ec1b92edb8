// A thread that reads one long result at a time, portion by portion, each when it is asked for.

import { parentPort, workerData } from 'node:worker_threads'
import type { Row } from '../../resource/row.ts'
import type { Statement, StoreErrorCode } from '../store.ts'
import { Portion } from '../streams.ts'
import { openReader } from './database.ts'
import { toStoreError } from './errors.ts'
import { Patience } from './patience.ts'
import type { ReaderData } from './reader.ts'
import { Statements } from './statements.ts'

/** A statement begins a result, `more` asks for its next portion, `end` lets go of it. */
export type StreamRequest = Statement | 'more' | 'end'

export type StreamAnswer =
  | { readonly rows: readonly Row[]; readonly last: boolean }
  | { readonly code: StoreErrorCode; readonly message: string }

const { location, maxTime } = workerData as ReaderData
const db = openReader(location)
const patience = new Patience(db)
const statements = new Statements(text => db.prepare(text, { returnArrays: true }))
const portion = new Portion()
/** While it is open, it holds one state of the database. */
let result: Iterator<Row> | undefined

function nextPortion(rows: Iterator<Row>): StreamAnswer {
  for (;;) {
    const { done, value } = rows.next()
    if (done) return { rows: portion.take(), last: true }
    if (portion.add(value)) return { rows: portion.take(), last: false }
  }
}

function answer(request: Exclude<StreamRequest, 'end'>): StreamAnswer {
  try {
    return patience.during(maxTime, () => {
      result = request === 'more' ? result : statements.open(request)
      return result === undefined ? { rows: [], last: true } : nextPortion(result)
    })
  } catch (error) {
    const { code, message } = toStoreError(error)
    return { code, message }
  }
}

function letGo(): void {
  result?.return?.()
  result = undefined
  portion.take()
}

parentPort?.on('message', (request: StreamRequest) => {
  if (request === 'end') letGo()
  else parentPort?.postMessage(answer(request))
})
