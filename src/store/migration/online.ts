// A migration while others use the tables: in steps, each of them short where it keeps anybody waiting. What it sets
// out to do is recorded first, and that it is done last: one that is killed is finished by the next.

import type { SqlValue } from '../../resource/row.ts'
import { type Dialect, plain, type Work } from '../store.ts'
import { carryOut, isRefusal } from './carry-out.ts'
import {
  abandonDefinition,
  beginDefinition,
  fingerprintOf,
  finishDefinition,
  withdrawOthers,
} from './ledger.ts'
import { exclusively, type Locking, untilFree } from './lock-wait.ts'
import { type Extent, type Migration, MigrationError, type Wanted } from './migration.ts'
import { findSettled, makePlan, type Plan } from './plan.ts'
import { tellWhileSlow } from './slow-step.ts'
import { changesToSteps, type Step } from './steps.ts'
import { begin as beginStage } from './watch.ts'

export interface OnlineMigration extends Locking {
  readonly dialect: Dialect
  readonly wanted: Wanted
  readonly extent: Extent
}

/** Where nothing is to be done, nobody is waited for. */
export async function migrateOnline(migration: OnlineMigration): Promise<Migration> {
  const { session, dialect, wanted, extent } = migration
  const settled = await session.transact(() => findSettled(dialect, wanted, extent))
  return settled ?? exclusively(migration, () => inSteps(migration))
}

async function inSteps(migration: OnlineMigration): Promise<Migration> {
  const { session, dialect, wanted } = migration
  const plan = await untilFree(migration, [], () => session.transact(() => begin(migration)))
  await takeSteps(migration, stepsOf(plan)).catch(async error => {
    // Earlier instances may go on as before, unless a file has changed what they know.
    if (error instanceof MigrationError && !plan.ranFiles)
      await session.transact(() => abandonDefinition(dialect, wanted))
    throw error
  })
  return plan
}

async function takeSteps(migration: OnlineMigration, steps: readonly Step[]): Promise<void> {
  for (const [index, step] of steps.entries())
    await takeStep(migration, step, { number: index + 1, total: steps.length })
  if (steps.length > 0) await migration.session.run(finishDefinition(migration.dialect))
}

/** Decides what is to be done and records it. A new database is nobody else's yet, and is made at once. */
function* begin({ dialect, wanted, extent }: OnlineMigration): Work<Plan> {
  const plan = yield* makePlan(dialect, wanted, extent)
  if (stepsOf(plan).length === 0) yield* carryOut(dialect, plan, wanted)
  else {
    yield* beginDefinition(dialect, wanted.tables, wanted)
    if (plan.breaking) yield* withdrawOthers(dialect, fingerprintOf(wanted.tables), wanted)
  }
  return plan
}

function stepsOf({ fresh, changes }: Plan): readonly Step[] {
  return fresh ? [] : changesToSteps(changes)
}

interface Count {
  readonly number: number
  readonly total: number
}

async function takeStep(migration: OnlineMigration, step: Step, count: Count): Promise<void> {
  const statement = step.statements.join('; ')
  const end = beginStage(migration.watch, { ...count, statement })
  try {
    await tellWhileSlow(migration, () =>
      untilFree(migration, step.tables, () => attempt(migration, step)),
    )
  } catch (error) {
    if (!isRefusal(error)) throw error
    await undo(migration, step)
    throw new MigrationError(
      [`${step.tables.join(', ')}: ${error.message}, so this was not done: ${statement}`],
      error,
    )
  }
  end()
}

async function attempt(migration: OnlineMigration, step: Step): Promise<void> {
  const { before = [], statements, portion } = step
  if (portion !== undefined) return inPortions(migration, portion)
  await run(migration, { ...step, statements: [...before, ...statements] })
}

async function run(
  { session, dialect }: OnlineMigration,
  { alone, statements }: Step,
): Promise<void> {
  if (alone) {
    for (const statement of statements) await session.run(plain(statement))
    return
  }
  await session.transact(function* (): Work<void> {
    yield* dialect.beforeMigration
    for (const statement of statements) yield plain(statement)
  })
}

/** Each portion is a transaction of its own, and begins behind the last key of the one before. */
async function inPortions(
  { session, dialect }: OnlineMigration,
  portion: NonNullable<Step['portion']>,
): Promise<void> {
  let last: SqlValue | undefined
  do {
    const statement = portion(last)
    last = await session.transact(function* (): Work<SqlValue | undefined> {
      yield* dialect.beforeMigration
      const [[key = null] = []] = yield statement
      return key ?? undefined
    })
  } while (last !== undefined)
}

async function undo(migration: OnlineMigration, step: Step): Promise<void> {
  const { undo: statement, tables } = step
  if (statement === undefined) return
  await untilFree(migration, tables, () => run(migration, { ...step, statements: [statement] }))
}
