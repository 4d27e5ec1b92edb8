// A thread that writes beside the others. It gets one order after another, and answers each with rows or with what went wrong.

import { unlinkSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import type { Row } from '../../resource/row.ts'
import { stageName } from '../stage.ts'
import { plain, type Statement, StoreError, type StoreErrorCode } from '../store.ts'
import { openDatabase } from './database.ts'
import { storeErrors, toStoreError } from './errors.ts'
import { makePrivately } from './file.ts'
import { Statements } from './statements.ts'

export interface WriterData {
  readonly location: string
  /** A file that is there for this thread alone. */
  readonly stage: string
}

/** Transactions begin and end by a word, because the revisions of their rows are counted here. */
export type WriterOrder = Statement | 'begin' | 'commit' | 'rollback'

export type WriterAnswer =
  | { readonly rows: readonly Row[] }
  | { readonly code: StoreErrorCode; readonly message: string; readonly columns: readonly string[] }

const { location, stage } = workerData as WriterData
const db = open()
const statements = new Statements(text => db.prepare(text, { returnArrays: true }))
/** That of the last row that the transaction has written; undefined outside of one. */
let revision: number | undefined
let first = 0

function open() {
  const db = openDatabase(location, 5000)
  makePrivately(stage)
  storeErrors(() => db.exec(`attach '${stage.replaceAll("'", "''")}' as ${stageName}`))
  // It lives as long as the thread, however that ends.
  unlinkSync(stage)
  db.exec(`
    pragma ${stageName}.journal_mode = memory;
    pragma ${stageName}.synchronous = off;
    pragma cache_size = -65536;
    pragma wal_autocheckpoint = 0;
  `)
  db.function('next_revision', { directOnly: true }, () => revisions(1))
  db.function(
    'revisions_before',
    { directOnly: true },
    count => revisions(Number(count)) - Number(count),
  )
  db.function('in_time', { directOnly: true }, () => 1)
  return db
}

/** Takes so many revisions, and gives the last of them. */
function revisions(count: number): number {
  if (revision === undefined) throw new StoreError('fault', 'a revision outside of a transaction')
  revision += count
  return revision
}

const transactions = {
  begin() {
    db.exec('begin immediate')
    first = Number(statements.run({ text: 'select value from _revision', values: [] })[0]?.[0])
    revision = first
  },
  commit() {
    if (revision !== undefined && revision !== first)
      statements.run({ text: 'update _revision set value = ?1', values: [revision] })
    db.exec('commit')
    revision = undefined
    try {
      checkpoint()
    } catch {
      // The commit has succeeded. What hinders this hinders the next one, too, which then says so.
    }
  },
  rollback() {
    if (db.isTransaction) db.exec('rollback')
    revision = undefined
  },
} as const

/** How many pages may be left in the log: as many as SQLite lets a commit find before it moves them. */
const fewPages = 1000

/** Moves the log into the file, so that no commit in the event loop has to. Those who have waited for the lock come first. */
function checkpoint(): void {
  for (let attempt = 0; attempt < 50 && pagesInLog() > fewPages; attempt++) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
    db.exec('pragma wal_checkpoint(passive)')
  }
}

function pagesInLog(): number {
  const [[, all, moved] = []] = statements.run(plain('pragma wal_checkpoint(noop)'))
  return Number(all) - Number(moved)
}

function carryOut(order: WriterOrder): readonly Row[] {
  if (typeof order !== 'string') return statements.run(order)
  transactions[order]()
  return []
}

function answer(order: WriterOrder): WriterAnswer {
  try {
    return { rows: carryOut(order) }
  } catch (error) {
    const { code, message, columns } = toStoreError(error)
    return { code, message, columns }
  }
}

parentPort?.on('message', (order: WriterOrder) => parentPort?.postMessage(answer(order)))
