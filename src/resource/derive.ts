// Resources become models: names, keys and relations, checked as a whole.

import { actionsAndViews } from './actions-and-views.ts'
import { resolveBorrowed, toBorrowed } from './borrowed.ts'
import { withChildren } from './children.ts'
import { toDerived } from './computed.ts'
import { withoutDots } from './dot-keys.ts'
import { extended, extensionMistakes } from './extend.ts'
import { type Field, isComparable, type Report, schemaToField } from './field.ts'
import { withIncludes } from './includes.ts'
import { keepForMilliseconds } from './keep-for.ts'
import type { JsonSchema } from './kinds.ts'
import { joinResources, toLink } from './links.ts'
import {
  type DefinedResource,
  DefinitionError,
  type Model,
  membersOf,
  pascalCase,
  type Reference,
} from './model.ts'
import { checkModel } from './model-checks.ts'
import { checkNames } from './names.ts'
import { callMistakes } from './options.ts'
import { ownerFieldOf, resolveOwner } from './owner.ts'
import { onDeleteOf, targetOf } from './reference.ts'
import { parentsFirst, relationMistakes } from './relations.ts'
import { type Resources, resolveReference } from './resolve-reference.ts'
import type { Hooks, Resource } from './resource.ts'
import { ownMember } from './row.ts'
import { searchParts } from './search-option.ts'
import { serverKey } from './server-key.ts'
import { singularOf } from './singular.ts'
import { sameTableMistakes } from './table-names.ts'
import { withThrough } from './through.ts'

/**
 * Derives the models, parents before their children. Throws a `DefinitionError` that names every mistake.
 */
export function resourcesToModels(defined: readonly DefinedResource[]): readonly Model[] {
  const resources = defined.map(one => ({ ...one, resource: extended(one.resource) }))
  const mistakes = [
    ...mistakesOf(defined, extensionMistakes),
    ...mistakesOf(resources, callMistakes),
  ]
  if (mistakes.length > 0) throw new DefinitionError(mistakes)
  const named = new Map(resources.map(({ resource }) => [resource.name, resource]))
  const all = [...resources, ...resources.flatMap(one => joinResources(one, named))]
  const models = all.map(defined =>
    resourceToModel(defined, named, (where, mistake) => {
      mistakes.push(`${defined.file}: ${where === '' ? '' : `${where} `}${mistake}`)
    }),
  )
  if (mistakes.length === 0)
    mistakes.push(...relationMistakes(models, all), ...sameTableMistakes(models))
  const apart = new Set(all.flatMap(one => (isApart(one) ? [one.resource.name] : [])))
  const reportOf = ({ file }: Model, mistake: string) => mistakes.push(`${file}: ${mistake}`)
  const optionsOf = ({ name }: Model) => named.get(name)?.options
  const childrenOf = (model: Model) => optionsOf(model)?.children ?? {}
  const throughOf = (model: Model) => optionsOf(model)?.filterableThrough ?? []
  const including = withIncludes(models, { apart, childrenOf }, reportOf)
  const having = withChildren(including, childrenOf, reportOf)
  const related = withThrough(having, throughOf, reportOf)
  if (mistakes.length > 0) throw new DefinitionError(mistakes)
  return parentsFirst(related)
}

function isApart({ serves, joins }: DefinedResource): boolean {
  return serves !== undefined || joins === true
}

function resourceToModel(
  { file, resource, joins = false }: DefinedResource,
  resources: Resources,
  report: Report,
): Model {
  const { name, options } = resource
  const fields = resourceToFields(resource, resources, report)
  const toField = (name: string, schema: JsonSchema, optional: boolean) =>
    schemaToField(name, resolveReference(schema, resources), optional, report)
  const computed = toDerived(options.computed ?? {}, toField, {
    taken: fields.map(({ name }) => name),
    report,
  })
  const relations = relationsOf(resource, fields, resources)
  const singular = options.singular ?? singularOf(name)
  const component = pascalCase(singular)
  const model: Model = {
    name,
    singular,
    component,
    description: options.description,
    file,
    key: fields[0] as Field,
    keyMadeBy: options.key === undefined || fields[0]?.made === 'uuid' ? 'server' : 'client',
    fields,
    ...readingOf(options, fields, computed),
    ...relations,
    borrowed: fields.flatMap(field => toBorrowed(resource, field, { resources, report })),
    includes: [],
    children: [],
    through: [],
    computed,
    joins,
    ...storageOf(resource, fields),
    ...flagsOf(options, fields),
    without: options.without ?? [],
    deprecated: options.deprecated,
    hooks: (options.hooks ?? {}) as Hooks<Record<string, unknown>>,
    ...actionsAndViews(options, component, { toField, report }),
    sample: options.sample ?? [],
  }
  if (!joins) checkNames(resource, model, report)
  checkModel(resource, model, report)
  return Object.freeze(model)
}

/** The fields that callers can filter or sort by, by its options, or else all that can be. */
function readingOf(
  { listed, filterable, sortable, search }: Resource['options'],
  fields: readonly Field[],
  computed: Model['computed'],
): Pick<Model, 'shown' | 'listed' | 'filterable' | 'sortable' | 'searched' | 'searchLanguage'> {
  const searched = searchParts(search)
  const readable = shownFields(fields)
  const shown = membersOf({ fields: readable, computed })
  return {
    shown,
    listed: listed === undefined ? shown : shown.filter(isNamed(listed)),
    filterable: filterable ? fields.filter(isNamed(filterable)) : readable.filter(isComparable),
    sortable: sortable
      ? fields.filter(isNamed(sortable))
      : readable.filter(({ kind }) => kind.isScalar),
    searched: searched.fields.flatMap(name => fields.filter(field => field.name === name)),
    searchLanguage: searched.language,
  }
}

function isNamed(chosen: readonly string[]) {
  return ({ name }: Field) => chosen.includes(name)
}

function storageOf(resource: Resource, fields: readonly Field[]) {
  const { table, unique = [], index = [], keepDeleted, restore, keepFor, owner } = resource.options
  return {
    table: tableNameOf(resource),
    isAdopted: table !== undefined,
    unique: unique.map(set => [set].flat()),
    indexes: index.map(set => [set].flat()),
    keepDeleted: keepDeleted ?? false,
    restores: restore ?? false,
    keepFor: keepFor === undefined ? undefined : keepForMilliseconds(keepFor),
    owner: owner ?? ownerFieldOf({ fields }) !== undefined,
  }
}

function flagsOf(
  { requireIfMatch, publicRead, nestedOnly, summary }: Resource['options'],
  fields: readonly Field[],
) {
  return {
    requireIfMatch: requireIfMatch ?? false,
    publicRead: publicRead ?? false,
    nestedOnly: nestedOnly ?? false,
    summary: summary ?? false,
    hasFieldScopes: fields.some(({ scopes }) => scopes !== undefined),
  }
}

function visibleOf({ visible }: Resource['options'], references: readonly Reference[]) {
  return typeof visible === 'string'
    ? references.find(({ field }) => field.name === visible)
    : visible
}

/** The same list where all of them are shown: rows are then returned as they are read. */
function shownFields(fields: readonly Field[]): readonly Field[] {
  const shown = fields.filter(({ writeOnly }) => !writeOnly)
  return shown.length === fields.length ? fields : shown
}

function relationsOf(
  resource: Resource,
  fields: readonly Field[],
  resources: Resources,
): Pick<Model, 'references' | 'links' | 'parents' | 'visible'> {
  const references = fields.flatMap(field => toReference(resource, field, resources))
  const parents = [resource.options.parent].flat()
  return {
    references,
    links: fields.flatMap(field => toLink(resource, field)),
    parents: references.filter(({ field }) => parents.includes(field.name)),
    visible: visibleOf(resource.options, references),
  }
}

function toReference({ fields }: Resource, field: Field, resources: Resources): Reference[] {
  const schema = ownMember(fields.properties, field.name)
  const model = targetOf(schema)
  if (model === undefined) return []
  const target = resources.get(model)
  const table = target === undefined ? model : tableNameOf(target)
  return [{ field, model, table, onDelete: onDeleteOf(schema) }]
}

function tableNameOf({ name, options }: Resource): string {
  return options.table ?? name
}

function resourceToFields(
  resource: Resource,
  resources: Resources,
  report: Report,
): readonly Field[] {
  const { fields, options } = resource
  const required = new Set(fields.required ?? [])
  const columned = (field: Field) => withColumn(field, options.columns)
  const resolve = (schema: JsonSchema) =>
    resolveOwner(
      resolveBorrowed(resolveReference(schema, resources), { resource, resources }),
      resource,
    )
  const read = (name: string, schema: JsonSchema) =>
    columned(schemaToField(name, resolve(schema), !required.has(name), report))
  const key = options.key === undefined ? undefined : ownMember(fields.properties, options.key)
  const others = Object.entries(fields.properties).filter(([name]) => name !== options.key)
  return [
    key === undefined
      ? columned(schemaToField('id', serverKey, false, report))
      : withoutDots(read(options.key as string, key)),
    ...others.map(([name, schema]) => read(name, schema)),
  ]
}

function withColumn(field: Field, columns: Resource['options']['columns'] = {}): Field {
  const column = ownMember(columns, field.name)
  return typeof column !== 'string' || column === field.name
    ? field
    : Object.freeze({ ...field, column })
}

function mistakesOf(
  defined: readonly DefinedResource[],
  find: (resource: Resource) => readonly string[],
): readonly string[] {
  return defined.flatMap(({ file, resource }) =>
    find(resource).map(mistake => `${file}: ${mistake}`),
  )
}
