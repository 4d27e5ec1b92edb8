// A thread that reads one long result at a time, portion by portion, each when it is asked for.

import { parentPort, workerData } from 'node:worker_threads'
import type { Writing } from '../../formats/stored-rows.ts'
import type { Row } from '../../resource/row.ts'
import type { Statement, StoreErrorCode } from '../store.ts'
import { type Gathering, Portion, TextPortion } from '../streams.ts'
import { openReader } from './database.ts'
import { toStoreError } from './errors.ts'
import { Patience } from './patience.ts'
import type { ReaderData } from './reader.ts'
import { Statements } from './statements.ts'

/** `writing`: how its rows are written, unless they are wanted themselves. */
export interface StreamOrder {
  readonly statement: Statement
  readonly writing?: Writing
}

/** An order begins a result, `more` asks for its next portion, `end` lets go of it. */
export type StreamRequest = StreamOrder | 'more' | 'end'

/** Rows, or their text if they are to be written. */
type StreamPortion = readonly Row[] | Uint8Array<ArrayBuffer>

export type StreamAnswer =
  | { readonly portion: StreamPortion; readonly last: boolean }
  | { readonly code: StoreErrorCode; readonly message: string }

const { location, maxTime } = workerData as ReaderData
const db = openReader(location)
const patience = new Patience(db)
const statements = new Statements(text => db.prepare(text, { returnArrays: true }))
/** While it is open, it holds one state of the database. */
let result: Iterator<Row> | undefined
let gathering: Gathering<StreamPortion> = new Portion()

function nextPortion(rows: Iterator<Row>): StreamAnswer {
  for (;;) {
    const { done, value } = rows.next()
    if (done || gathering.add(value)) return { portion: gathering.take(), last: done === true }
  }
}

function begin({ statement, writing }: StreamOrder): void {
  gathering = writing === undefined ? new Portion() : new TextPortion(writing)
  result = statements.open(statement)
}

function answer(request: Exclude<StreamRequest, 'end'>): StreamAnswer {
  try {
    return patience.during(maxTime, () => {
      if (request !== 'more') begin(request)
      return result === undefined ? { portion: [], last: true } : nextPortion(result)
    })
  } catch (error) {
    const { code, message } = toStoreError(error)
    return { code, message }
  }
}

function letGo(): void {
  result?.return?.()
  result = undefined
  gathering.take()
}

parentPort?.on('message', (request: StreamRequest) => {
  if (request === 'end') return letGo()
  const found = answer(request)
  const moved =
    'portion' in found && ArrayBuffer.isView(found.portion) ? [found.portion.buffer] : []
  parentPort?.postMessage(found, moved)
})
