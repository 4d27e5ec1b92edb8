// From the tables there are to the wanted ones, in one transaction, by one process at a time.

import type { Dialect, Store, Work } from '../store.ts'
import { carryOut } from './carry-out.ts'
import { fingerprintOf, recordDefinition, withdrawOthers } from './ledger.ts'
import type { Extent, Migration, Wanted } from './migration.ts'
import { makePlan, type Plan } from './plan.ts'

/** Brings the database to the wanted tables, or throws a `MigrationError` and changes nothing. */
export async function migrate(store: Store, wanted: Wanted, extent: Extent): Promise<Migration> {
  return store.transact(() => migration(store.dialect, wanted, extent))
}

function* migration(dialect: Dialect, wanted: Wanted, extent: Extent): Work<Migration> {
  const plan = yield* makePlan(dialect, wanted, extent)
  yield* carryOut(dialect, plan, wanted.watch)
  yield* record(dialect, wanted, plan)
  return plan
}

function* record(dialect: Dialect, wanted: Wanted, { outdated, isCurrent, breaking }: Plan): Work<void> {
  const { tables } = wanted
  if (!outdated && !isCurrent) yield* recordDefinition(dialect, tables, wanted)
  if (breaking) yield* withdrawOthers(dialect, fingerprintOf(tables), wanted)
}

/** What `migrate` would do: it is tried and taken back, as far as nobody suffers from that. */
export async function planMigration(store: Store, wanted: Wanted): Promise<Migration> {
  const { dialect } = store
  const takenBack = new TakenBack()
  return store
    .transact(function* (): Work<Migration> {
      const plan = yield* makePlan(dialect, wanted, 'full')
      if (dialect.triesChanges) yield* carryOut(dialect, plan)
      takenBack.plan = plan
      throw takenBack
    })
    .catch((error: unknown) => {
      if (error === takenBack && takenBack.plan !== undefined) return takenBack.plan
      throw error
    })
}

class TakenBack extends Error {
  plan: Plan | undefined
}
