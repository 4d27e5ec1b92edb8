// A plan carried out: its changes, and then the files that a new database needs too.

import { type Dialect, plain, StoreError, type Work } from '../store.ts'
import { type Action, actionToSql } from './change.ts'
import { runFile } from './files.ts'
import { MigrationError } from './migration.ts'
import type { Plan } from './plan.ts'

export function* carryOut(dialect: Dialect, { changes, later }: Plan): Work<void> {
  for (const { action } of changes) if (action !== undefined) yield* act(action)
  for (const file of later) yield* runFile(dialect, file)
}

function* act(action: Action): Work<void> {
  const statement = actionToSql(action)
  try {
    yield plain(statement)
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'unique') throw error
    throw new MigrationError([`Rows share values that should be unique, so this was not done: ${statement}`])
  }
}
