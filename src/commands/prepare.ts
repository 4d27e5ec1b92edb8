// The database as a first start leaves it: with its tables and, when it is new, the sample data.

import { createEngine } from '../app.ts'
import type { Config } from '../config.ts'
import type { Models } from '../definitions/load.ts'
import type { Watch } from '../store/migration/watch.ts'
import type { Store } from '../store/store.ts'
import { migrateModels } from './migrate.ts'
import { sampleRecords, storeRecords } from './records.ts'

interface Prepared {
  readonly config: Config
  readonly models: Models
  readonly store: Store
  readonly version: string
  readonly watch?: Watch
}

/** Whether a later version has changed the tables; this one can live with them. */
export async function prepareData({ config, models, store, version, watch }: Prepared): Promise<{ outdated: boolean }> {
  const { fresh, outdated } = await migrateModels(store, models, watch && { watch })
  if (fresh && (config.SAMPLE_DATA ?? store.dialect.name === 'sqlite'))
    await storeRecords(createEngine({ models, store, version }), sampleRecords(models.models))
  return { outdated }
}
