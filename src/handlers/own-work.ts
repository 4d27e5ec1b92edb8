// The database for the routes of a plugin: their code runs in a transaction, like that of actions and views.

import type { Caller } from '../resource/caller.ts'
import type { Db, Reading } from '../resource/db.ts'
import type { Log } from '../resource/hooks.ts'
import type { OwnWork } from '../resource/own-work.ts'
import type { Work } from '../store/store.ts'
import { writeContext } from './change.ts'
import { readingDb, writingDb } from './db.ts'
import type { Engine } from './engine.ts'
import { afterCommit } from './hooks.ts'
import { Questions } from './questions.ts'
import { explainRefusal, missingRow, RefusedWrite } from './refusal.ts'

/** The request that asks, and the file of the plugin. */
export interface Asker {
  readonly id: string
  readonly caller: Caller
  readonly log: Log
  readonly file: string
}

/** Runs code in a transaction in which the database refuses to write. */
export async function readFor<T>(
  engine: Engine,
  { caller, log, file }: Asker,
  code: OwnWork<Reading, T>,
): Promise<T> {
  return engine.store.read(function* (): Work<T> {
    const questions = new Questions()
    const db = readingDb({ engine, questions, missing: missingRow })
    const given = { caller, now: engine.clock(), log, db }
    return (yield* questions.answer({ where: 'read', file, code }, given)) as T
  })
}

/** Runs code in one transaction; the hooks of what it has written follow when that is on disk. */
export async function writeFor<T>(engine: Engine, asker: Asker, code: OwnWork<Db, T>): Promise<T> {
  const { caller, log, file } = asker
  try {
    const { value, context } = await engine.passwords.transact(engine, function* () {
      const context = writeContext(engine, caller)
      const questions = new Questions()
      const db = writingDb({ engine, questions, missing: missingRow }, context, { name: file })
      const given = { caller, now: context.now, log, db }
      const value = (yield* questions.answer({ where: 'write', file, code }, given)) as T
      return { value, context }
    })
    afterCommit(context, asker)
    return value
  } catch (error) {
    throw error instanceof RefusedWrite ? await explainRefusal(engine, caller, error) : error
  }
}
