// A plan carried out at once: its changes, then the files that a new database needs too, and its entry in the ledger.

import { type Dialect, plain, StoreError, type Work } from '../store.ts'
import { type Action, actionToSql } from './change.ts'
import { runFile } from './files.ts'
import { fingerprintOf, recordDefinition, withdrawOthers } from './ledger.ts'
import { MigrationError, type Wanted } from './migration.ts'
import type { Plan } from './plan.ts'
import { begin, unwatched, type Watch } from './watch.ts'

export function* carryOut(dialect: Dialect, plan: Plan, wanted: Wanted): Work<void> {
  const { changes, later, fresh } = plan
  const { watch = unwatched } = wanted
  const steps = changes.flatMap(({ action }) => (action === undefined ? [] : toSteps(action)))
  yield* runAll(steps, fresh ? unwatched : watch)
  for (const file of later) yield* runFile(dialect, file)
  yield* record(dialect, wanted, plan)
}

function* record(
  dialect: Dialect,
  wanted: Wanted,
  { outdated, isCurrent, ranFiles, breaking }: Plan,
): Work<void> {
  const { tables } = wanted
  if (!outdated && (!isCurrent || ranFiles)) yield* recordDefinition(dialect, tables, wanted)
  if (breaking) yield* withdrawOthers(dialect, fingerprintOf(tables), wanted)
}

interface Step {
  readonly action: Action
  readonly statement: string
}

function toSteps(action: Action): readonly Step[] {
  return actionToSql(action).map(statement => ({ action, statement }))
}

function* runAll(steps: readonly Step[], watch: Watch): Work<void> {
  const total = steps.length
  for (const [index, step] of steps.entries()) {
    const end = begin(watch, { number: index + 1, total, statement: step.statement })
    yield* run(step)
    end()
  }
}

function* run({ action, statement }: Step): Work<void> {
  try {
    yield plain(statement)
  } catch (error) {
    if (!isRefusal(error)) throw error
    throw new MigrationError(
      [`${placeOf(action)}: ${error.message}, so this was not done: ${statement}`],
      error,
    )
  }
}

/** Whether the statement or the rows are to blame, and not the state of the database. */
export function isRefusal(error: unknown): error is StoreError {
  return (
    error instanceof StoreError &&
    ['unique', 'reference', 'rule', 'value', 'tooLarge', 'fault'].includes(error.code)
  )
}

/** The table and what of it, for people. */
function placeOf(action: Action): string {
  if (!('table' in action)) return action.name
  const { name } = action.table
  if (action.kind === 'createIndex') return `${name}.${action.index.fields.join(', ')}`
  if (!('column' in action)) return name
  return `${name}.${typeof action.column === 'string' ? action.column : action.column.name}`
}
