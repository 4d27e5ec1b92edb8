// Children: the rows that are created with the row to which they refer, `lines` of an order.

import { didYouMean } from './did-you-mean.ts'
import type { Include } from './include.ts'
import type { Model } from './model.ts'

/** How many children of one kind a row is created with. */
export const maxChildren = 100

/** The option `children`: resources by the names of the members. */
export type ChildNames = Readonly<Record<string, string>>

const memberName = /^[a-z][a-zA-Z0-9_]{0,49}$/

/** The models with their children. Called when they know what can be included with their rows, children by their own names. */
export function withChildren(
  models: readonly Model[],
  namesOf: (model: Model) => ChildNames,
  report: (model: Model, mistake: string) => void,
): readonly Model[] {
  return models.map(model => {
    const children = Object.entries(namesOf(model)).flatMap(([name, child]) => {
      const mistake = childMistake(model, name, { child, models })
      if (mistake !== undefined) {
        report(model, `children has ${name}: '${child}', but ${mistake}`)
        return []
      }
      return model.includes.filter(include => isChild(include, child))
    })
    return children.length === 0 ? model : Object.freeze({ ...model, children })
  })
}

function isChild({ by, model }: Include, child: string): boolean {
  return by === 'referrer' && model === child
}

interface Named {
  readonly child: string
  readonly models: readonly Model[]
}

function childMistake(model: Model, name: string, { child, models }: Named): string | undefined {
  if (!memberName.test(name)) return `${name} must be letters, digits and _, such as lines`
  const target = models.find(each => each.name === child)
  if (target === undefined) {
    const near = didYouMean(
      child,
      models.map(each => each.name),
    )
    return `there is no such resource${near}`
  }
  const referring = target.references.filter(({ model: to }) => to === model.name)
  if (referring.length !== 1)
    return `${child} refer to ${model.name} by ${referring.length === 0 ? 'no field' : 'several fields'}; they need one`
  const missing = (['create', 'list'] as const).find(each => target.without.includes(each))
  if (missing !== undefined) return `${child} are without ${missing}`
  return undefined
}
