// The rows that can be included with a row: those to which it refers, and those that refer to it.

import pluralize from 'pluralize'
import type { ChildNames } from './children.ts'
import type { Field } from './field.ts'
import type { Include } from './include.ts'
import type { Link, Model, Reference } from './model.ts'
import { singularOf } from './singular.ts'

interface Naming {
  readonly apart: ReadonlySet<string>
  /** Children have the names that the definition gives them. */
  readonly childrenOf: (model: Model) => ChildNames
}

/** The models with what can be included. Tables of links and what the service keeps for itself (`apart`) have no part in it. */
export function withIncludes(
  models: readonly Model[],
  { apart, childrenOf }: Naming,
  report: (model: Model, mistake: string) => void,
): readonly Model[] {
  const served = models.filter(({ name }) => !apart.has(name))
  const own = new Map(
    served.map(model => [
      model.name,
      ownIncludes(model, { models: served, children: childrenOf(model) }, report),
    ]),
  )
  return models.map(model => {
    const includes = (own.get(model.name) ?? []).map(include => ({
      ...include,
      nested: (own.get(include.model) ?? []).filter(next => leadsOn(include, next)),
    }))
    return includes.length === 0 ? model : Object.freeze({ ...model, includes })
  })
}

/** The way back from a row that refers to this one ends at this one. */
function leadsOn(include: Include, next: Include): boolean {
  return next.by === 'reference' && !(include.by === 'referrer' && include.field === next.field)
}

type Unnested = Omit<Include, 'name' | 'nested'> & { readonly names: readonly string[] }

function ownIncludes(
  model: Model,
  { models, children }: { readonly models: readonly Model[]; readonly children: ChildNames },
  report: (model: Model, mistake: string) => void,
): readonly Include[] {
  const taken = new Set(
    [...model.fields, ...model.computed.map(({ field }) => field)].map(({ name }) => fold(name)),
  )
  return [...byFields(model, models), ...byReferrers(model, models, children)].flatMap(
    ({ names, ...include }) => {
      const name = names.find(free => !taken.has(fold(free)))
      if (name === undefined) {
        report(model, takenMessage(names, include))
        return []
      }
      taken.add(fold(name))
      return [{ ...include, name, nested: [] }]
    },
  )
}

function takenMessage(
  names: readonly string[],
  { by, field, model }: Omit<Unnested, 'names'>,
): string {
  const rows =
    by === 'referrer' ? `${model} by ${field.name} have` : `what ${field.name} refers to has`
  return `${names.join(' and ')} are taken, so ${rows} no name in include; rename one of them`
}

/** Names that differ only by case would be one in some clients. */
function fold(name: string): string {
  return name.toLowerCase()
}

function byFields(model: Model, models: readonly Model[]): readonly Unnested[] {
  const isThere = ({ field, model: target }: Reference | Link) =>
    !field.writeOnly && models.some(model => model.name === target && isRead(model))
  return [
    ...model.references.filter(isThere).map(({ field, model: target }) => ({
      names: [stemOf(field, keyOf(target, models)), `${field.name}_row`],
      model: target,
      by: 'reference' as const,
      field,
    })),
    ...model.links.filter(isThere).map(({ field, model: target }) => ({
      names: [rowsOf(field), `${field.name}_rows`],
      model: target,
      by: 'list' as const,
      field,
    })),
  ]
}

/** Whether a row of it can be read by its key alone. */
function isRead({ without, nestedOnly }: Pick<Model, 'without' | 'nestedOnly'>): boolean {
  return !without.includes('read') && !nestedOnly
}

/** By the name of their resource, or where several of its fields refer to this one, by those as well: `assignee_issues`. */
function byReferrers(
  target: Model,
  models: readonly Model[],
  children: ChildNames,
): readonly Unnested[] {
  return models.filter(isListed).flatMap(model => {
    const referring = model.references.filter(
      ({ model, field }) => model === target.name && !field.writeOnly,
    )
    const word = model.name.replaceAll('-', '_')
    const [child] = Object.entries(children).find(([, name]) => name === model.name) ?? []
    return referring.map(({ field }) => {
      const name = referring.length === 1 ? word : `${stemOf(field, target.key.name)}_${word}`
      return {
        names: child === undefined ? [name, `${name}_rows`] : [child],
        model: model.name,
        by: 'referrer' as const,
        field,
      }
    })
  })
}

function isListed({ without }: Pick<Model, 'without'>): boolean {
  return !without.includes('list')
}

function keyOf(name: string, models: readonly Model[]): string {
  return models.find(model => model.name === name)?.key.name ?? 'id'
}

/** `customer` of `customer_id`, `country` of `countryCode` where the key is `code`. */
function stemOf({ name }: Field, key: string): string {
  const ending = ['id', key].flatMap(word => [`_${word}`, capitalize(word)])
  const found = ending.find(each => name.endsWith(each) && name.length > each.length)
  return found === undefined ? name : name.slice(0, -found.length)
}

/** `labels` of `label_ids`, `label_rows` of `labels`. */
function rowsOf({ name }: Field): string {
  const [, stem] = /^(.+?)(?:_ids|Ids)$/.exec(name) ?? []
  return stem === undefined ? `${singularOf(name)}_rows` : pluralize.plural(stem)
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
