// `migrate`: brings the tables of the database to the definitions, or shows what that would take.

import { fileURLToPath } from 'node:url'
import { databaseOptions, readConfig } from '../config.ts'
import { loadMigrations, loadModels, type Models, schemasFolder, storedModels } from '../definitions/load.ts'
import { migrate, planMigration } from '../store/migration/migrate.ts'
import type { Extent, Migration, Wanted } from '../store/migration/migration.ts'
import type { Watch } from '../store/migration/watch.ts'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { modelToTable } from '../store/table.ts'
import { fieldMistakes } from '../validation/validator.ts'
import { type Call, refuseOperands } from './command.ts'

export async function runMigrate({ operands, options, environment }: Call): Promise<number> {
  refuseOperands(operands)
  const config = readConfig(environment, true)
  const models = await loadModels(schemasFolder)
  const store = openStore(config.DATABASE_URL, { exclusive: false, ...databaseOptions(config, environment) })
  try {
    const plan = options.check
      ? await planModels(store, models)
      : await migrateModels(store, models, { extent: 'full' })
    for (const statement of plan.statements) console.log(`${statement.replace(/;?$/, ';')}\n`)
    if (plan.outdated) console.error('A later version has changed the tables; this one can live with that.')
    return options.check && plan.statements.length > 0 ? 1 : 0
  } finally {
    await store.close()
  }
}

interface How {
  /** `additive` by default. */
  readonly extent?: Extent
  readonly watch?: Watch
}

/** Brings the tables to the models as far as `extent` allows. */
export async function migrateModels(store: Store, models: Models, how: How = {}): Promise<Migration> {
  const { extent = 'additive', watch } = how
  return migrate(store, { ...(await wantedTables(store, models)), ...(watch && { watch }) }, extent)
}

/** What that would take. */
export async function planModels(store: Store, models: Models): Promise<Migration> {
  return planMigration(store, await wantedTables(store, models))
}

async function wantedTables(store: Store, models: Models): Promise<Wanted> {
  const files = await loadMigrations(fileURLToPath(new URL(`../../migrations/${store.dialect.name}`, import.meta.url)))
  return {
    tables: storedModels(models).map(model => modelToTable(store.dialect, model)),
    files,
    findMistake: fieldMistakes(),
  }
}
