// The references to a resource, from whichever resource they are.

import { Problem } from '../http/problem.ts'
import type { Link, Model, Reference } from '../resource/model.ts'
import type { Engine } from './engine.ts'

/** How many rows may change with one that is deleted: they are locked until it is done. */
export const maxCascade = 10_000

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

export interface Linker extends Link {
  /** The one whose rows have the lists; `model` names the one whose keys are in them. */
  readonly from: Model
}

export function linkersOf({ models }: Engine, target: Model): readonly Linker[] {
  return models.flatMap(from =>
    from.links.filter(({ model }) => model === target.name).map(link => ({ ...link, from })),
  )
}

export function requireFew(count: number): void {
  if (count <= maxCascade) return
  throw new Problem('conflict', {
    detail: `More than ${maxCascade} rows would change with it. Delete or change some of them first.`,
  })
}
