// The operation table: the operations on each model and their addresses. Routes, document and access all read it.

import type { Model } from '../resource/model.ts'
import type { Shapes } from '../resource/shapes.ts'
import { type UsualOperation, usualOperations } from '../resource/usual-operations.ts'
import { Address } from './address.ts'
import { createOperation } from './create.ts'
import { deleteOperation } from './delete.ts'
import { listOperation } from './list.ts'
import type { Operation } from './operation.ts'
import { performOperation } from './perform.ts'
import { readOperation } from './read.ts'
import { replaceOperation } from './replace.ts'
import { restoreOperation } from './restore.ts'
import { summaryOperation } from './summary.ts'
import { updateOperation } from './update.ts'
import { viewOperation } from './view.ts'

/** A resource of the service's own, beside those that are defined. */
export interface ServedResource {
  readonly model: Model
  readonly shapes: Shapes
  readonly operations: readonly Operation[]
}

/** All operations of the models, in the order of the document. */
export function modelsToOperations(
  models: readonly Model[],
  shapes: ReadonlyMap<string, Shapes>,
): readonly Operation[] {
  const named = new Map(models.map(model => [model.name, model]))
  return models.flatMap(model => {
    const own = shapes.get(model.name) as Shapes
    return modelToOperations(model, own, named).map(operation => Object.freeze(operation))
  })
}

const usual: Readonly<Record<UsualOperation, (address: Address) => Operation>> = {
  list: listOperation,
  create: createOperation,
  read: readOperation,
  replace: replaceOperation,
  update: updateOperation,
  delete: deleteOperation,
}

function modelToOperations(
  model: Model,
  shapes: Shapes,
  models: ReadonlyMap<string, Model>,
): readonly Operation[] {
  const own = new Address(model, shapes)
  const nested = model.parents.map(
    parent => new Address(model, shapes, { parent, parentModel: models.get(parent.model) }),
  )
  const all = model.nestedOnly ? nested : [own, ...nested]
  const operations = all.flatMap(address =>
    usualOperations.filter(name => !model.without.includes(name)).map(name => usual[name](address)),
  )
  return [
    ...operations.filter(({ on }) => on === 'collection'),
    ...operations.filter(({ on }) => on === 'member'),
    ...(model.restores ? [restoreOperation(all[0] ?? own)] : []),
    ...(model.summary ? [summaryOperation(all[0] ?? own)] : []),
    ...model.views.map(view => viewOperation(all[0] ?? own, view)),
    ...model.actions.map(action => performOperation(all[0] ?? own, action)),
  ]
}
