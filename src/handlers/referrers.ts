// The references to a resource, from whichever resource they are.

import type { Model, Reference } from '../resource/model.ts'
import type { Engine } from './engine.ts'

export interface Referrer extends Reference {
  /** The one that refers; `model` names the one that is referred to. */
  readonly from: Model
}

export function referrersOf({ models }: Engine, target: Model): readonly Referrer[] {
  return models.flatMap(from =>
    from.references
      .filter(({ model }) => model === target.name)
      .map(reference => ({ ...reference, from })),
  )
}
