// The served part of a project: the models, their shapes and the operations on them.

import type { AccessPolicy } from '../access/access.ts'
import { servedImports } from '../imports/imports.ts'
import { nameableIn } from '../keys/grant.ts'
import { type ForgetKey, servedKeys } from '../keys/keys.ts'
import type { Operation } from '../operations/operation.ts'
import type { Model } from '../resource/model.ts'
import type { Shapes } from '../resource/shapes.ts'

/** The models that the definitions make. */
interface Defined {
  readonly models: readonly Model[]
  readonly shapes: ReadonlyMap<string, Shapes>
  readonly operations: readonly Operation[]
  readonly keyModel: Model
  readonly importModel: Model
}

export interface Served {
  /** With the imports, and with the API keys if credentials are asked for. */
  readonly models: readonly Model[]
  /** By the names of the models. */
  readonly shapes: ReadonlyMap<string, Shapes>
  readonly operations: readonly Operation[]
}

export interface Serving {
  readonly policy: AccessPolicy
  /** The names of the plans that a key may have, if they are known. */
  readonly plans?: readonly string[] | undefined
  /** Those of plugins. */
  readonly scopes?: readonly string[]
  readonly forgetKey?: ForgetKey
  /** Called when an import has been cancelled. */
  readonly importCancelled?: () => void
}

export function servedOf(
  { models, keyModel, importModel, ...defined }: Defined,
  { policy, plans, scopes = [], forgetKey, importCancelled }: Serving,
): Served {
  const shapes = new Map(defined.shapes)
  const imports = servedImports(importModel, importCancelled)
  shapes.set(importModel.name, imports.shapes)
  const operations = [...defined.operations, ...imports.operations]
  if (!policy.required) return { models: [...models, importModel], shapes, operations }
  const keys = servedKeys(
    keyModel,
    { ...nameableIn(models, scopes), ...(plans && { plans }) },
    forgetKey,
  )
  return {
    models: [...models, importModel, keyModel],
    shapes: shapes.set(keyModel.name, keys.shapes),
    operations: [...operations, ...keys.operations],
  }
}
