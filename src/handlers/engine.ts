// The engine that every handler works with. It is put together once, at the start.

import { type AccessPolicy, openPolicy } from '../access/access.ts'
import { asksInWrites, type Model } from '../resource/model.ts'
import { stateShape } from '../resource/shapes.ts'
import { uuids } from '../resource/uuid.ts'
import { OwnSql } from '../store/own-sql.ts'
import type { Isolation, Store } from '../store/store.ts'
import { modelToTable, type Table } from '../store/table.ts'
import { ajvWhenNeeded, compile, type Validate } from '../validation/validator.ts'
import { IdempotencyRecords } from './idempotency-record.ts'
import { nobody, type WorkObserver } from './observer.ts'
import { Passwords } from './passwords.ts'

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
  /** The SQL of definitions. */
  readonly ownSql: OwnSql
  readonly observer: WorkObserver
}

export function tableOf(engine: Engine, name: string): Table {
  const table = engine.tables.get(name)
  if (table === undefined) throw new Error(`There is no table '${name}'.`)
  return table
}

/** The models that the definitions make, and those of the service's own records. */
interface EngineModels {
  readonly models: readonly Model[]
  readonly joinModels: readonly Model[]
  readonly idempotencyModel: Model
  readonly keyModel: Model
  readonly keySecretModel: Model
  readonly importModel: Model
  readonly importPartModel: Model
}

export interface EngineOptions {
  readonly models: EngineModels
  readonly store: Store
  readonly clock?: () => Date
  readonly access?: AccessPolicy
  readonly observer?: WorkObserver | undefined
}

export function createEngine({
  models: all,
  store,
  clock,
  access = openPolicy,
  observer = nobody,
}: EngineOptions): Engine {
  const { models, joinModels, idempotencyModel, ...own } = all
  const { keyModel, keySecretModel, importModel, importPartModel } = own
  const ours = [keyModel, keySecretModel, importModel, importPartModel]
  const ajvFor = ajvWhenNeeded()
  const toTable = (model: Model) => modelToTable(store.dialect, model)
  const tables = new Map(
    [...models, ...joinModels, ...ours].map(model => [model.name, toTable(model)]),
  )
  const asked = [...models, ...joinModels].map(({ name }) => name)
  return {
    store,
    models,
    tables,
    idempotencyRecords: new IdempotencyRecords(toTable(idempotencyModel)),
    policy: access,
    validateState: model => compile(ajvFor, stateShape(model)),
    clock: clock ?? (() => new Date()),
    passwords: new Passwords(),
    newUuid: uuids(),
    isolation: models.some(asksInWrites) ? 'serializable' : undefined,
    ownSql: new OwnSql(store.dialect, asked),
    observer,
  }
}
