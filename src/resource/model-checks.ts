// Mistakes in how a definition uses its fields, and in how definitions refer to each other.

import { didYouMean } from './did-you-mean.ts'
import type { Field, Report } from './field.ts'
import { indexEntryBytes, maxIndexEntry } from './index-entry.ts'
import { type DefinedResource, isLong, type Model, maxIndexedLength } from './model.ts'
import type { Resource } from './resource.ts'

/** Reports what is wrong with the use of the fields of one model. */
export function checkModel(resource: Resource, model: Model, report: Report): void {
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
    return field === undefined
      ? didYouMean(name, known.keys())
      : `: the other way round, write { ${name}: '${field}' }`
  }
  if (options.listed?.length === 0)
    report('', 'has no field in listed; leave it out, and a list shows them all')
  if (
    [...model.unique, ...model.indexes].some(
      set => set.length === 0 || new Set(set).size < set.length,
    )
  )
    report('', 'has a set in unique or index that is empty or names a field twice')
  for (const [option, names] of used)
    for (const name of names) {
      const field = known.get(name)
      if (field === undefined)
        report(name, `is named in ${option}, but there is no such field${adviceFor(name)}`)
      else if (option !== 'listed' && !field.kind.isScalar)
        report(name, `cannot be in ${option}: it is a list or an object`)
      else if (['key', 'unique', 'index'].includes(option) && isLong(field))
        report(name, `needs a maxLength of at most ${maxIndexedLength} to be in ${option}`)
    }
  for (const [target, field] of Object.entries(options.references ?? {}))
    if (options.parent?.[target] === field)
      report(field, `is named in parent and in references; parent is enough`)
  checkKey(model, report)
  checkOwner(model, report)
  checkIndexEntries(model, report)
}

/** With the key, which every index ends with but a unique one, and the owner, which every unique one begins with. */
function checkIndexEntries(
  { key, fields, unique, indexes, references, owner }: Model,
  report: Report,
): void {
  const named = (set: readonly string[]) => fields.filter(({ name }) => set.includes(name))
  const entries: [option: string, fields: readonly Field[], owner: boolean][] = [
    ...unique.map(set => ['unique', named(set), owner] as [string, Field[], boolean]),
    ...indexes.map(
      set => ['index', named([...set, key.name]), false] as [string, Field[], boolean],
    ),
    ...references.map(
      ({ field }) => ['an index of references', [field, key], false] as [string, Field[], boolean],
    ),
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

function checkKey({ key, keyMadeBy, fields }: Model, report: Report): void {
  if (keyMadeBy === 'client' && (!key.required || key.readOnly || !key.kind.canBeKey))
    report(key.name, 'is the key, so it must be a required string or integer')
  if (
    keyMadeBy === 'client' &&
    key.kind.isText &&
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
  if (owner && keyMadeBy === 'client')
    report('', 'has owners, so the server must make its keys: leave out `key`')
  if (owner && publicRead) report('', 'has owners, so it cannot have publicRead too')
}

/** What is wrong between the models. */
export function relationMistakes(
  models: readonly Model[],
  resources: readonly DefinedResource[],
): string[] {
  const byName = new Map(models.map(model => [model.name, model]))
  const mistakes: string[] = []
  for (const [index, model] of models.entries()) {
    const same = models.findIndex(
      ({ name, component }) => name === model.name || component === model.component,
    )
    if (same !== index)
      mistakes.push(sameNameMistake(models[same] ?? model, model, resources[index]))
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
        mistakes.push(
          `${at} must have the format of ${target.name}' key (${target.key.format ?? 'none'})`,
        )
      else if (target.keepDeleted)
        mistakes.push(
          `${at} refers to '${target.name}', whose deleted rows are kept: they cannot be referred to`,
        )
      else if (target !== model && reaches(target, model, byName))
        mistakes.push(
          `${at} refers to '${target.name}', which refers back: neither could be stored first`,
        )
    }
  }
  return mistakes
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

/** Whether references lead from one model to the other. */
function reaches(
  from: Model,
  to: Model,
  byName: ReadonlyMap<string, Model>,
  above: readonly Model[] = [],
): boolean {
  if (above.includes(from)) return false
  return from.references.some(({ model: name }) => {
    const next = byName.get(name)
    return next === to || (next !== undefined && reaches(next, to, byName, [...above, from]))
  })
}
