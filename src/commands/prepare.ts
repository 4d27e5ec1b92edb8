// Prepares the database for the service: its tables and, if it is new, the sample data.

import type { Config } from '../config.ts'
import { createEngine } from '../handlers/engine.ts'
import type { Extent, Migration } from '../store/migration/migration.ts'
import type { Store } from '../store/store.ts'
import { sampleRecords, storeRecords } from './records.ts'
import { migrateModels, type Target } from './tables.ts'

interface PreparedData extends Target {
  readonly config: Config
  readonly store: Store
}

/** Brings the tables to the definitions as far as `extent` allows. */
export async function prepareData(
  { config, store, ...target }: PreparedData,
  extent: Extent = 'additive',
): Promise<Migration> {
  const { models } = target
  const patience = config.MIGRATION_WAIT_SECONDS * 1000
  const done = await migrateModels(store, { ...target, patience }, extent)
  if (done.fresh && (config.SAMPLE_DATA ?? store.dialect.name === 'sqlite'))
    await storeRecords(createEngine({ models, store }), sampleRecords(models.models))
  return done
}
