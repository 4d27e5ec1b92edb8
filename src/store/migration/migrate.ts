// From the tables there are to the wanted ones, in one transaction, by one process at a time.

import type { Dialect, Store, Work } from '../store.ts'
import { carryOut } from './carry-out.ts'
import { recordDefinition } from './ledger.ts'
import type { Extent, Migration, Wanted } from './migration.ts'
import { makePlan, type Plan } from './plan.ts'

/** Brings the database to the wanted tables, or throws a `MigrationError` and changes nothing. */
export async function migrate(store: Store, wanted: Wanted, extent: Extent): Promise<Migration> {
  return store.transact(() => migration(store.dialect, wanted, extent))
}

function* migration(dialect: Dialect, wanted: Wanted, extent: Extent): Work<Migration> {
  const plan = yield* makePlan(dialect, wanted, extent)
  yield* carryOut(dialect, plan, wanted.watch)
  if (plan.breaking || !plan.recorded) yield* recordDefinition(dialect, wanted.tables, plan.breaking)
  return plan
}

/** What `migrate` would do: it is tried as far as the files go, and taken back. */
export async function planMigration(store: Store, wanted: Wanted): Promise<Migration> {
  const takenBack = new TakenBack()
  return store
    .transact(function* (): Work<Migration> {
      takenBack.plan = yield* makePlan(store.dialect, wanted, 'full')
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
