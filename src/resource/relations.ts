// How models refer to each other: their order, and mistakes between them.

import { didYouMean } from './did-you-mean.ts'
import type { Field } from './field.ts'
import { type DefinedResource, isLimited, type Model, type Reference } from './model.ts'

type Named = ReadonlyMap<string, Model>

function byName(models: readonly Model[]): Named {
  return new Map(models.map(model => [model.name, model]))
}

/**
 * Each model after those that it refers to; it may refer to itself. In a circle, a reference that may be null and a list
 * that may be empty do not count.
 */
export function parentsFirst(models: readonly Model[]): readonly Model[] {
  const named = byName(models)
  const ordered = new Set<Model>()
  const begun = new Set<Model>()
  const place = (model: Model): void => {
    if (begun.has(model)) return
    begun.add(model)
    for (const { name, isNeeded } of targetsOf(model)) {
      const target = named.get(name)
      if (target !== undefined && (isNeeded || !reaches(target, model, named))) place(target)
    }
    ordered.add(model)
  }
  for (const model of models) place(model)
  return [...ordered]
}

function targetsOf({ references, links }: Model) {
  return [
    ...references.map(({ field, model }) => ({ name: model, isNeeded: !field.nullable })),
    ...links.map(({ model }) => ({ name: model, isNeeded: false })),
  ]
}

/** Mistakes between the models. */
export function relationMistakes(
  models: readonly Model[],
  resources: readonly DefinedResource[],
): string[] {
  const named = byName(models)
  const firsts = firstsOf(models)
  return models.flatMap((model, index) => [
    ...sameNameMistakes(model, firsts, resources[index]),
    ...model.references.flatMap(reference => referenceMistakes(model, reference, named)),
    ...visibleMistakes(model, named),
    ...model.links.flatMap(({ field, model: target }) =>
      targetMistakes(model, field, target, named),
    ),
  ])
}

function referenceMistakes(model: Model, { field, model: name }: Reference, named: Named) {
  const at = `${model.file}: ${field.name} refers to '${name}'`
  const target = named.get(name)
  if (target === undefined) return targetMistakes(model, field, name, named)
  if (!field.nullable && target !== model && reaches(target, model, named, isNeeded))
    return [
      `${at}, which refers back: make one of them Type.Optional(…), or neither can be stored first`,
    ]
  return []
}

/** Rows that are seen like those of a reference need a resource whose rows are limited, by something else than these. */
function visibleMistakes({ file, visible }: Model, named: Named): string[] {
  if (visible === undefined || typeof visible === 'function') return []
  const target = named.get(visible.model)
  if (target === undefined) return []
  const at = `${file}: visible names ${visible.field.name}`
  if (!isLimited(target)) return [`${at}, but all callers see all ${target.name}: leave it out`]
  return leadsBack(target, named)
    ? [`${at}, which leads back to itself: one of them needs a function`]
    : []
}

function leadsBack(from: Model, named: Named): boolean {
  const passed = new Set<Model>()
  let model: Model | undefined = from
  while (model !== undefined && !passed.has(model)) {
    passed.add(model)
    const { visible }: Model = model
    model =
      visible === undefined || typeof visible === 'function' ? undefined : named.get(visible.model)
  }
  return model !== undefined
}

function targetMistakes(
  model: Model,
  field: Pick<Field, 'name'>,
  target: string,
  named: Named,
): string[] {
  if (named.has(target)) return []
  const known = [...named.values()].filter(({ joins }) => !joins).map(({ name }) => name)
  return [
    `${model.file}: ${field.name} refers to '${target}', which is no resource${didYouMean(target, known)}`,
  ]
}

/** The first models of each name, and those of each component, with their places. */
interface Firsts {
  readonly byName: ReadonlyMap<string, Placed>
  readonly byComponent: ReadonlyMap<string, Placed>
}

type Placed = readonly [model: Model, place: number]

function firstsOf(models: readonly Model[]): Firsts {
  const placed = models.map((model, place): Placed => [model, place]).reverse()
  return {
    byName: new Map(placed.map(one => [one[0].name, one])),
    byComponent: new Map(placed.map(one => [one[0].component, one])),
  }
}

function sameNameMistakes(
  model: Model,
  { byName, byComponent }: Firsts,
  resource: DefinedResource | undefined,
): string[] {
  const same = [byName.get(model.name), byComponent.get(model.component)]
  const [first] = same.flatMap(one => (one ? [one] : [])).sort(([, a], [, b]) => a - b)
  const [other = model] = first ?? []
  return other === model ? [] : [sameNameMistake(other, model, resource)]
}

/** The service's own come last, and are not to blame. */
function sameNameMistake(
  first: Model,
  second: Model,
  { serves }: Partial<DefinedResource> = {},
): string {
  if (serves === undefined)
    return `${second.file}: '${second.name}' has the name of the resource in ${first.file}; choose another, or another singular`
  const name = first.name === second.name ? `name '${first.name}'` : `singular '${first.singular}'`
  return `${first.file}: the ${name} is the service's own, for ${serves}; choose another, such as 'team_${first.name}'`
}

const isNeeded = ({ field }: Reference) => !field.nullable

/** Whether references, those that count, lead from one model to the other. */
function reaches(
  from: Model,
  to: Model,
  named: Named,
  counts: (reference: Reference) => boolean = () => true,
): boolean {
  const reached = new Set([from])
  for (const { references } of reached)
    for (const { model } of references.filter(counts)) {
      const target = named.get(model)
      if (target === to) return true
      if (target !== undefined) reached.add(target)
    }
  return false
}
