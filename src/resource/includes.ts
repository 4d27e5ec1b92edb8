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
  const named = new Map(served.map(model => [model.name, model]))
  const referring = referringOf(served)
  const includesOf = (model: Model) =>
    ownIncludes(model, { named, referring, children: childrenOf(model) }, report)
  const own = new Map(served.map(model => [model.name, includesOf(model)]))
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

interface Others {
  readonly named: ReadonlyMap<string, Model>
  /** The models with lists whose rows refer to those of a model, by its name. */
  readonly referring: ReadonlyMap<string, ReadonlySet<Model>>
  readonly children: ChildNames
}

function referringOf(models: readonly Model[]): Others['referring'] {
  const pairs = models
    .filter(isListed)
    .flatMap(model => model.references.filter(isShown).map(to => [to.model, model] as const))
  const byTarget = Map.groupBy(pairs, ([target]) => target)
  return new Map([...byTarget].map(([name, of]) => [name, new Set(of.map(([, model]) => model))]))
}

function isShown({ field }: Reference | Link): boolean {
  return !field.writeOnly
}

type Unnested = Omit<Include, 'name' | 'nested'> & { readonly names: readonly string[] }

function ownIncludes(
  model: Model,
  { named, referring, children }: Others,
  report: (model: Model, mistake: string) => void,
): readonly Include[] {
  const taken = new Set(
    [...model.fields, ...model.computed.map(({ field }) => field)].map(({ name }) => fold(name)),
  )
  return [...byFields(model, named), ...byReferrers(model, referring, children)].flatMap(
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

function byFields(model: Model, named: Others['named']): readonly Unnested[] {
  const isThere = (link: Reference | Link) => {
    const target = named.get(link.model)
    return isShown(link) && target !== undefined && isRead(target)
  }
  return [
    ...model.references.filter(isThere).map(({ field, model: target }) => ({
      names: [stemOf(field, keyOf(target, named)), `${field.name}_row`],
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
  models: Others['referring'],
  children: ChildNames,
): readonly Unnested[] {
  return [...(models.get(target.name) ?? [])].flatMap(model => {
    const referring = model.references.filter(
      reference => reference.model === target.name && isShown(reference),
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

function keyOf(name: string, named: Others['named']): string {
  return named.get(name)?.key.name ?? 'id'
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
