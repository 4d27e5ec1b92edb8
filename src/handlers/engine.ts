// What every handler works with. It is put together once, at the start.

import type { AccessPolicy } from '../access/access.ts'
import type { Model } from '../resource/model.ts'
import type { Isolation, Store } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import type { Validate } from '../validation/validator.ts'
import type { IdempotencyRecords } from './idempotency-record.ts'
import type { Passwords } from './passwords.ts'

export interface Engine {
  readonly store: Store
  readonly models: readonly Model[]
  readonly tables: ReadonlyMap<string, Table>
  readonly idempotencyRecords: IdempotencyRecords
  readonly policy: AccessPolicy
  /** Checks a whole row as an object, after a patch. */
  readonly validateState: (model: Model) => Validate
  readonly clock: () => Date
  readonly passwords: Passwords
  /** A UUID that sorts after those before it. */
  readonly newUuid: (now: Date) => string
  /** How writes are kept apart: the code of definitions may ask for rows that it does not lock. */
  readonly isolation: Isolation | undefined
}

export function tableOf(engine: Engine, name: string): Table {
  const table = engine.tables.get(name)
  if (table === undefined) throw new Error(`There is no table '${name}'.`)
  return table
}
