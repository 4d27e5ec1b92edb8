// A plan carried out: its changes, and then the files that a new database needs too.

import { type Dialect, plain, StoreError, type Work } from '../store.ts'
import { actionToSql } from './change.ts'
import { runFile } from './files.ts'
import { MigrationError } from './migration.ts'
import type { Plan } from './plan.ts'
import { begin, unwatched, type Watch } from './watch.ts'

export function* carryOut(dialect: Dialect, { changes, later, fresh }: Plan, watch = unwatched): Work<void> {
  const statements = changes.flatMap(({ action }) => (action === undefined ? [] : [actionToSql(action)]))
  yield* runAll(statements, fresh ? unwatched : watch)
  for (const file of later) yield* runFile(dialect, file)
}

function* runAll(statements: readonly string[], watch: Watch): Work<void> {
  const total = statements.length
  for (const [index, statement] of statements.entries()) {
    const end = begin(watch, { number: index + 1, total, statement })
    yield* run(statement)
    end()
  }
}

function* run(statement: string): Work<void> {
  try {
    yield plain(statement)
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'unique') throw error
    throw new MigrationError([`Rows share values that should be unique, so this was not done: ${statement}`])
  }
}
