// A thread that reads one long result at a time, portion by portion, each when it is asked for.

import { parentPort, workerData } from 'node:worker_threads'
import { rowWriter, type Writing } from '../../formats/stored-rows.ts'
import type { Row } from '../../resource/row.ts'
import type { Statement, StoreErrorCode } from '../store.ts'
import { linesOf, Portion } from '../streams.ts'
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

/** `text`: the rows as they are written, instead of the rows. */
export type StreamAnswer =
  | { readonly rows: readonly Row[]; readonly text?: Uint8Array; readonly last: boolean }
  | { readonly code: StoreErrorCode; readonly message: string }

const { location, maxTime } = workerData as ReaderData
const db = openReader(location)
const patience = new Patience(db)
const statements = new Statements(text => db.prepare(text, { returnArrays: true }))
const portion = new Portion()
/** While it is open, it holds one state of the database. */
let result: Iterator<Row> | undefined
let toLine: ((row: Row) => string) | undefined

function nextPortion(rows: Iterator<Row>): StreamAnswer {
  for (;;) {
    const { done, value } = rows.next()
    if (done) return toAnswer(portion.take(), true)
    if (portion.add(value)) return toAnswer(portion.take(), false)
  }
}

function toAnswer(rows: readonly Row[], last: boolean): StreamAnswer {
  return toLine === undefined ? { rows, last } : { rows: [], text: linesOf(rows, toLine), last }
}

function begin({ statement, writing }: StreamOrder): void {
  toLine = writing && rowWriter(writing)
  result = statements.open(statement)
}

function answer(request: Exclude<StreamRequest, 'end'>): StreamAnswer {
  try {
    return patience.during(maxTime, () => {
      if (request !== 'more') begin(request)
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
  if (request === 'end') return letGo()
  const found = answer(request)
  const moved = 'text' in found ? [found.text?.buffer as ArrayBuffer] : []
  parentPort?.postMessage(found, moved)
})
