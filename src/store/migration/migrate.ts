// From the tables there are to the wanted ones, in one transaction, by one process at a time.

import type { Dialect, Store, Work } from '../store.ts'
import { carryOut } from './carry-out.ts'
import { usualPatience } from './lock-wait.ts'
import type { Extent, Migration, Wanted } from './migration.ts'
import { migrateOnline } from './online.ts'
import { makePlan, type Plan } from './plan.ts'
import { unwatched } from './watch.ts'

/** Brings the database to the wanted tables, or throws a `MigrationError` and changes nothing. */
export async function migrate(store: Store, wanted: Wanted, extent: Extent): Promise<Migration> {
  const { dialect } = store
  const { online } = dialect
  if (online === undefined) return store.transact(() => migration(dialect, wanted, extent))
  const { watch = unwatched, patience = usualPatience } = wanted
  const query: Store['query'] = statement => store.query(statement)
  return store.session(session =>
    migrateOnline({ session, query, online, watch, patience, dialect, wanted, extent }),
  )
}

function* migration(dialect: Dialect, wanted: Wanted, extent: Extent): Work<Migration> {
  const plan = yield* makePlan(dialect, wanted, extent)
  yield* carryOut(dialect, plan, wanted)
  return plan
}

/** Plans a migration: its changes are tried and taken back, as far as nobody suffers from that. */
export async function planMigration(store: Store, wanted: Wanted): Promise<Migration> {
  const { dialect } = store
  const takenBack = new TakenBack()
  return store
    .transact(function* (): Work<Migration> {
      const plan = yield* makePlan(dialect, wanted, 'full')
      if (dialect.triesChanges) yield* carryOut(dialect, plan, { ...wanted, watch: unwatched })
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
