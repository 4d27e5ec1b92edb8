// What is derived from the resources together: names, keys and relations, checked as a whole.

import { didYouMean } from './did-you-mean.ts'
import { withoutDots } from './dot-keys.ts'
import { type Field, maxInteger, type Report, schemaToField } from './field.ts'
import { indexEntryBytes, maxIndexEntry } from './index-entry.ts'
import { checkComponent, checkNames } from './names.ts'
import { callMistakes } from './options.ts'
import type { CustomRoute, Deprecation, Hooks, Resource } from './resource.ts'
import { ownMember } from './row.ts'
import { singularOf } from './singular.ts'

/** A field whose values are keys of another model. */
export interface Reference {
  readonly field: Field
  readonly model: string
}

/** A resource as the rest of the engine sees it. Names refer to the models of one `resourcesToModels` call. */
export interface Model {
  /** Plural: the segment of the address and the name of the table. */
  readonly name: string
  readonly singular: string
  /** The component of the document: `Book`. */
  readonly component: string
  readonly description: string
  /** The file it was defined in. */
  readonly file: string
  readonly key: Field
  readonly keyMadeBy: 'server' | 'client'
  /** In the order of the table's columns; the key is first. */
  readonly fields: readonly Field[]
  readonly listed: readonly Field[]
  readonly filterable: readonly Field[]
  readonly sortable: readonly Field[]
  readonly references: readonly Reference[]
  /** The references under whose addresses it is served too. */
  readonly parents: readonly Reference[]
  readonly unique: readonly (readonly string[])[]
  readonly indexes: readonly (readonly string[])[]
  readonly keepDeleted: boolean
  readonly requireIfMatch: boolean
  readonly publicRead: boolean
  /** Whether a row is seen by its creator alone. */
  readonly owner: boolean
  readonly deprecated: Deprecation | undefined
  readonly hooks: Hooks<Record<string, unknown>>
  readonly routes: readonly CustomRoute<Record<string, unknown>>[]
  readonly sample: readonly Record<string, unknown>[]
}

export interface DefinedResource {
  readonly file: string
  readonly resource: Resource
  /** Of one that the service brings: what it keeps there. */
  readonly serves?: string
}

/** The mistakes in the definitions, each with file and field; it stops the start. */
export class DefinitionError extends Error {
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[]) {
    super(
      `The resources have ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:\n${mistakes.map(line => `  ${line}`).join('\n')}`,
    )
    this.mistakes = mistakes
  }
}

/**
 * Derives the models, parents before their children. Throws a `DefinitionError` that names every mistake.
 */
export function resourcesToModels(resources: readonly DefinedResource[]): readonly Model[] {
  const mistakes = resources.flatMap(({ file, resource }) =>
    callMistakes(resource).map(mistake => `${file}: ${mistake}`),
  )
  if (mistakes.length > 0) throw new DefinitionError(mistakes)
  const models = resources.map(defined =>
    resourceToModel(defined, (where, mistake) => {
      mistakes.push(`${defined.file}: ${where === '' ? '' : `${where} `}${mistake}`)
    }),
  )
  if (mistakes.length === 0) mistakes.push(...relationMistakes(models, resources))
  if (mistakes.length > 0) throw new DefinitionError(mistakes)
  return parentsFirst(models)
}

/** A server-made key; a client may propose one up to 2^31-1, so that the server's own never run out. */
const serverKey = { type: 'integer', minimum: 1, maximum: maxInteger, description: 'Made by the server', examples: [1] }
export const maxProposedKey = 2_147_483_647

function resourceToModel({ file, resource }: DefinedResource, report: Report): Model {
  const { name, options } = resource
  const fields = resourceToFields(resource, report)
  const named = (chosen: readonly string[]) => fields.filter(field => chosen.includes(field.name))
  const scalars = fields.filter(field => field.kind.isScalar).map(field => field.name)
  const references = (relations: Readonly<Record<string, string>> = {}) =>
    Object.entries(relations).flatMap(([model, field]) => named([field]).map(found => ({ model, field: found })))
  const singular = options.singular ?? singularOf(name)
  const model: Model = {
    name,
    singular,
    component: pascalCase(singular),
    description: options.description,
    file,
    key: fields[0] as Field,
    keyMadeBy: options.key === undefined ? 'server' : 'client',
    fields,
    listed: options.listed === undefined ? fields : named(options.listed),
    filterable: named(options.filterable ?? scalars),
    sortable: named(options.sortable ?? scalars),
    references: [...references(options.parent), ...references(options.references)],
    parents: references(options.parent),
    unique: (options.unique ?? []).map(set => [set].flat()),
    indexes: (options.index ?? []).map(set => [set].flat()),
    keepDeleted: options.keepDeleted ?? false,
    requireIfMatch: options.requireIfMatch ?? false,
    publicRead: options.publicRead ?? false,
    owner: options.owner ?? false,
    deprecated: options.deprecated,
    hooks: (options.hooks ?? {}) as Hooks<Record<string, unknown>>,
    routes: (options.routes ?? []) as readonly CustomRoute<Record<string, unknown>>[],
    sample: options.sample ?? [],
  }
  checkNames(resource, report)
  checkComponent(model, report)
  checkUse(resource, model, report)
  return Object.freeze(model)
}

function resourceToFields({ fields, options }: Resource, report: Report): readonly Field[] {
  const required = new Set(fields.required ?? [])
  const read = (name: string, schema: object) => schemaToField(name, schema, !required.has(name), report)
  const key = options.key === undefined ? undefined : ownMember(fields.properties, options.key)
  const others = Object.entries(fields.properties).filter(([name]) => name !== options.key)
  return [
    key === undefined ? schemaToField('id', serverKey, false, report) : withoutDots(read(options.key as string, key)),
    ...others.map(([name, schema]) => read(name, schema)),
  ]
}

/** Four bytes a character, and a little room in an index entry of PostgreSQL. */
const maxIndexedLength = 500

function checkUse(resource: Resource, model: Model, report: Report): void {
  const { options } = resource
  const known = new Map(model.fields.map(field => [field.name, field]))
  const used: [string, readonly string[]][] = [
    ['key', options.key === undefined ? [] : [options.key]],
    ['parent', Object.values(options.parent ?? {})],
    ['references', Object.values(options.references ?? {})],
    ...model.unique.map(set => ['unique', set] as [string, readonly string[]]),
    ...model.indexes.map(set => ['index', set] as [string, readonly string[]]),
    ['listed', options.listed ?? []],
    ['filterable', options.filterable ?? []],
    ['sortable', options.sortable ?? []],
  ]
  const relations = Object.entries({ ...options.references, ...options.parent })
  const adviceFor = (name: string): string => {
    const [field] = relations.find(([field, target]) => target === name && known.has(field)) ?? []
    return field === undefined ? didYouMean(name, known.keys()) : `: the other way round, write { ${name}: '${field}' }`
  }
  if (options.listed?.length === 0) report('', 'has no field in listed; leave it out, and a list shows them all')
  if ([...model.unique, ...model.indexes].some(set => set.length === 0 || new Set(set).size < set.length))
    report('', 'has a set in unique or index that is empty or names a field twice')
  for (const [option, names] of used)
    for (const name of names) {
      const field = known.get(name)
      if (field === undefined) report(name, `is named in ${option}, but there is no such field${adviceFor(name)}`)
      else if (option !== 'listed' && !field.kind.isScalar)
        report(name, `cannot be in ${option}: it is a list or an object`)
      else if (['key', 'unique', 'index'].includes(option) && isLong(field))
        report(name, `needs a maxLength of at most ${maxIndexedLength} to be in ${option}`)
    }
  for (const [target, field] of Object.entries(options.references ?? {}))
    if (options.parent?.[target] === field) report(field, `is named in parent and in references; parent is enough`)
  checkKey(model, report)
  checkOwner(model, report)
  checkIndexEntries(model, report)
}

/** With the key, which every index ends with but a unique one, and the owner, which every unique one begins with. */
function checkIndexEntries({ key, fields, unique, indexes, references, owner }: Model, report: Report): void {
  const named = (set: readonly string[]) => fields.filter(({ name }) => set.includes(name))
  const entries: [option: string, fields: readonly Field[], owner: boolean][] = [
    ...unique.map(set => ['unique', named(set), owner] as [string, Field[], boolean]),
    ...indexes.map(set => ['index', named([...set, key.name]), false] as [string, Field[], boolean]),
    ...references.map(({ field }) => ['an index of references', [field, key], false] as [string, Field[], boolean]),
  ]
  for (const [option, entry, owned] of entries.filter(([, entry]) => !entry.some(isLong))) {
    const bytes = indexEntryBytes(entry, owned)
    if (bytes > maxIndexEntry)
      report(
        entry.map(({ name }) => name).join(', '),
        `can take ${bytes} bytes together in ${option}${owned ? ' with the owner' : ''}, where ${maxIndexEntry} fit: give them a smaller maxLength`,
      )
  }
}

/** Whether its texts may be longer than an index takes. */
export function isLong({ kind, format, schema }: Field): boolean {
  if (kind.name !== 'string' || schema.enum !== undefined) return false
  if (format !== undefined && format !== 'uri') return false
  return Number(schema.maxLength) > maxIndexedLength
}

function checkKey({ key, keyMadeBy, fields }: Model, report: Report): void {
  if (keyMadeBy === 'client' && (!key.required || key.readOnly || !key.kind.canBeKey))
    report(key.name, 'is the key, so it must be a required string or integer')
  if (
    keyMadeBy === 'client' &&
    key.kind.name === 'string' &&
    !key.schema.minLength &&
    key.schema.enum === undefined &&
    key.format === undefined
  )
    report(key.name, 'is the key, so it needs a minLength of at least 1')
  for (const field of fields)
    if (field.readOnly && !field.createdAt && !field.nullable)
      report(field.name, 'is read-only, so it must be optional (a hook may set it) or a CreatedAt')
}

/** A key that is taken would tell of another's row. */
function checkOwner({ owner, publicRead, keyMadeBy }: Model, report: Report): void {
  if (owner && keyMadeBy === 'client') report('', 'has owners, so the server must make its keys: leave out `key`')
  if (owner && publicRead) report('', 'has owners, so it cannot have publicRead too')
}

function relationMistakes(models: readonly Model[], resources: readonly DefinedResource[]): string[] {
  const byName = new Map(models.map(model => [model.name, model]))
  const mistakes: string[] = []
  for (const [index, model] of models.entries()) {
    const same = models.findIndex(({ name, component }) => name === model.name || component === model.component)
    if (same !== index) mistakes.push(sameNameMistake(models[same] ?? model, model, resources[index]))
    for (const reference of model.references) {
      const target = byName.get(reference.model)
      const at = `${model.file}: ${reference.field.name}`
      if (target === undefined)
        mistakes.push(
          `${at} refers to '${reference.model}', which is no resource${didYouMean(reference.model, byName.keys())}`,
        )
      else if (target.key.kind !== reference.field.kind)
        mistakes.push(`${at} must be of the type of ${target.name}' key (${target.key.kind.name})`)
      else if (target.key.format !== reference.field.format)
        mistakes.push(`${at} must have the format of ${target.name}' key (${target.key.format ?? 'none'})`)
      else if (target.keepDeleted)
        mistakes.push(`${at} refers to '${target.name}', whose deleted rows are kept: they cannot be referred to`)
      else if (target !== model && reaches(target, model, byName))
        mistakes.push(`${at} refers to '${target.name}', which refers back: neither could be stored first`)
    }
  }
  return mistakes
}

/** The service's own come last, and are not to blame. */
function sameNameMistake(first: Model, second: Model, { serves }: Partial<DefinedResource> = {}): string {
  if (serves === undefined)
    return `${second.file}: '${second.name}' has the name of the resource in ${first.file}; choose another, or another singular`
  const name = first.name === second.name ? `name '${first.name}'` : `singular '${first.singular}'`
  return `${first.file}: the ${name} is the service's own, for ${serves}; choose another, such as 'team_${first.name}'`
}

/** Whether references lead from one model to the other. */
function reaches(from: Model, to: Model, byName: ReadonlyMap<string, Model>, above: readonly Model[] = []): boolean {
  if (above.includes(from)) return false
  return from.references.some(({ model: name }) => {
    const next = byName.get(name)
    return next === to || (next !== undefined && reaches(next, to, byName, [...above, from]))
  })
}

/** A topological order; a model may refer to itself. */
function parentsFirst(models: readonly Model[]): readonly Model[] {
  const ordered = new Set<Model>()
  const place = (model: Model): void => {
    for (const { model: name } of model.references) {
      const target = models.find(other => other.name === name)
      if (target !== undefined && target !== model && !ordered.has(target)) place(target)
    }
    ordered.add(model)
  }
  for (const model of models) place(model)
  return [...ordered]
}

/** `order_items`, `If-Match` as one word with capitals. */
export function pascalCase(name: string): string {
  return name.replace(/(?:^|[-_])([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase())
}
