// The tables of the database, brought to the definitions as every command does it.

import { join } from 'node:path'
import { loadMigrations, type Models, migrationsFolder, storedModels } from '../definitions/load.ts'
import { migrate, planMigration } from '../store/migration/migrate.ts'
import type { Drop, Extent, Migration, Wanted } from '../store/migration/migration.ts'
import { readState, type State } from '../store/migration/state.ts'
import type { Watch } from '../store/migration/watch.ts'
import type { Store } from '../store/store.ts'
import { modelToTable } from '../store/table.ts'
import { fieldMistakes } from '../validation/validator.ts'

/** The goal of the tables. */
export interface Target {
  readonly models: Models
  /** The version of the service. */
  readonly version: string
  readonly drop?: Drop
  readonly watch?: Watch
  /** How long, in ms, locks of others are waited for; 15 minutes by default. */
  readonly patience?: number
}

/** Brings the tables to the models as far as `extent` allows. */
export async function migrateModels(
  store: Store,
  target: Target,
  extent: Extent = 'additive',
): Promise<Migration> {
  return migrate(store, await wantedTables(store, target), extent)
}

/** The steps that `migrate` would take. */
export async function planModels(store: Store, target: Target): Promise<Migration> {
  return planMigration(store, await wantedTables(store, target))
}

/** How the tables stand to the models; nothing where there are no tables yet. */
export async function readModelsState(store: Store, target: Target): Promise<State | undefined> {
  const wanted = await wantedTables(store, target)
  return store.transact(() => readState(store.dialect, wanted))
}

async function wantedTables(store: Store, { models, ...rest }: Target): Promise<Wanted> {
  const files = await loadMigrations(join(migrationsFolder, store.dialect.name))
  return {
    ...rest,
    tables: storedModels(models).map(model => modelToTable(store.dialect, model)),
    files,
    findMistake: fieldMistakes(),
    now: new Date().toISOString(),
  }
}

/** A message about tables and columns that no definition has any more. */
export function leftToText(left: readonly string[]): string {
  return `${left.join(', ')}: in the database, and in no definition any more; 'migrate --drop ${left[0]}' drops it`
}
