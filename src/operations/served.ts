// What is served of the definitions under a policy: the models, their shapes and the operations on them.

import type { AccessPolicy } from '../access/access.ts'
import { keyShapes } from '../keys/key-shapes.ts'
import type { Model } from '../resource/model.ts'
import { modelToShapes, type Shapes } from '../resource/shapes.ts'
import type { Operation } from './operation.ts'
import { keysToOperations, modelsToOperations } from './operations.ts'

/** What the definitions give. */
interface Defined {
  readonly models: readonly Model[]
  readonly keyModel: Model
}

export interface Served {
  /** With the API keys, if credentials are asked for. */
  readonly models: readonly Model[]
  /** By the names of the models, the API keys always among them. */
  readonly shapes: ReadonlyMap<string, Shapes>
  readonly operations: readonly Operation[]
}

/** `plans`: the names of the plans that a key may have, if they are known. */
export function servedOf({ models, keyModel }: Defined, { required }: AccessPolicy, plans?: readonly string[]): Served {
  const resources = models.map(({ name }) => name)
  const shapesOfKeys = keyShapes(keyModel, { resources, ...(plans && { plans }) })
  const shapes = new Map(models.map(model => [model.name, modelToShapes(model, models)]))
  const operations = modelsToOperations(models, shapes)
  return {
    models: required ? [...models, keyModel] : models,
    shapes: new Map([...shapes, [keyModel.name, shapesOfKeys]]),
    operations: required ? [...operations, ...keysToOperations(keyModel, shapesOfKeys)] : operations,
  }
}
