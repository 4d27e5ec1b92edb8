// Mistakes in how a definition uses its fields.

import { didYouMean } from './did-you-mean.ts'
import { type Field, isComparable, type Report } from './field.ts'
import { indexEntryBytes, maxIndexEntry } from './index-entry.ts'
import { isComputed, isLong, type Model, maxIndexedLength, membersOf } from './model.ts'
import { checkOwner } from './owner.ts'
import { onDeletes, onRemovals } from './reference.ts'
import type { Resource } from './resource.ts'
import { searchParts } from './search-option.ts'
import { checkTableNames } from './table-names.ts'

/** Reports what is wrong with the use of the fields of one model. */
export function checkModel(resource: Resource, model: Model, report: Report): void {
  const { options } = resource
  const used: [string, readonly string[]][] = [
    ['key', options.key === undefined ? [] : [options.key]],
    ['parent', [options.parent ?? []].flat()],
    ...model.unique.map(set => ['unique', set] as [string, readonly string[]]),
    ...model.indexes.map(set => ['index', set] as [string, readonly string[]]),
    ['visible', typeof options.visible === 'string' ? [options.visible] : []],
    ['listed', options.listed ?? []],
    ['filterable', options.filterable ?? []],
    ['sortable', options.sortable ?? []],
    ['search', searchParts(options.search).fields],
  ]
  if (
    [...model.unique, ...model.indexes].some(
      set => set.length === 0 || new Set(set).size < set.length,
    )
  )
    report('', 'has a set in unique or index that is empty or names a field twice')
  for (const [option, names] of used)
    for (const name of names) {
      const mistake = useMistake(model, option, name)
      if (mistake !== undefined) report(name, mistake)
    }
  checkListed(resource, model, report)
  checkSearch(resource, report)
  checkReferences(resource, model, report)
  checkKey(model, report)
  checkOwner(resource, model, report)
  checkKept(model, report)
  checkIndexEntries(model, report)
  checkTableNames(resource, model, report)
}

function checkKept({ keepDeleted, restores, keepFor }: Model, report: Report): void {
  if (keepDeleted) return
  if (restores) report('', 'has restore, so it needs keepDeleted: true')
  if (keepFor !== undefined) report('', 'has keepFor, so it needs keepDeleted: true')
}

const indexing = ['key', 'unique', 'index']

/** Why an option cannot name a field; nothing where it can. */
function useMistake(model: Model, option: string, name: string): string | undefined {
  const field = membersOf(model).find(member => member.name === name)
  if (field === undefined) {
    const names = model.fields.map(known => known.name)
    const advice = didYouMean(name, names) || (option === 'parent' ? parentAdvice(name) : '')
    return `is named in ${option}, but there is no such field${advice}`
  }
  const reason = isComputed(model, field) ? computedReason(option) : fieldReason(field, option)
  if (reason !== undefined) return `cannot be in ${option}: ${reason}`
  return indexing.includes(option) && isLong(field)
    ? `needs a maxLength of at most ${maxIndexedLength} to be in ${option}`
    : undefined
}

function parentAdvice(name: string): string {
  return `; write ${name}: Ref('…') among the fields`
}

function computedReason(option: string): string | undefined {
  if (option === 'listed') return undefined
  return 'it is computed when it is read. Store it, as a field that beforeWrite sets'
}

function fieldReason(field: Field, option: string): string | undefined {
  if (field.borrowed && (option === 'search' || indexing.includes(option)))
    return 'it is the value of another row'
  if (field.writeOnly && option !== 'key') return 'it is writeOnly, so nobody may learn its values'
  if (field.scopes !== undefined && ['key', 'parent'].includes(option))
    return 'it has a scope, and addresses show it to everyone'
  if (option === 'search' && !field.kind.isText) return 'it is no text'
  return isUsable(field, option) ? undefined : 'it is a list or an object'
}

function checkListed({ options }: Resource, model: Model, report: Report): void {
  if (options.listed?.length === 0)
    report('', 'has no field in listed; leave it out, and a list shows them all')
  if (model.listed.length > 0 && model.listed.every(({ scopes }) => scopes?.read !== undefined))
    report('', 'has only fields with scopes in listed, so some callers would see none')
}

/** How many texts are searched, each of which has a place in the order of what is found. */
const maxSearchedFields = 8

function checkSearch({ options: { search } }: Resource, report: Report): void {
  if (search === undefined) return
  const { fields } = searchParts(search)
  if (fields.length === 0)
    report('', 'has no field in search; leave it out, and nothing is searched')
  if (new Set(fields).size < fields.length) report('', 'names a field twice in search')
  if (fields.length > maxSearchedFields)
    report('', `has ${fields.length} fields in search, where ${maxSearchedFields} may be`)
}

/** A list is shown as a whole, and one of keys or texts is filtered by what is in it. */
function isUsable(field: Field, option: string): boolean {
  return (
    field.kind.isScalar || option === 'listed' || (option === 'filterable' && isComparable(field))
  )
}

/** PostgreSQL cuts longer names. */
const maxTableName = 63

function checkReferences({ options }: Resource, model: Model, report: Report): void {
  if (model.nestedOnly && model.parents.length === 0)
    report('', 'has nestedOnly, so it needs a parent')
  const { fields, references, parents } = model
  for (const { field, onDelete } of references) {
    if (!onDeletes.includes(onDelete))
      report(field.name, `has the onDelete '${onDelete}'; write one of ${onDeletes.join(', ')}`)
    if (onDelete === 'null' && !field.nullable)
      report(field.name, "has the onDelete 'null', so it must be Type.Optional(…)")
  }
  for (const { field, onDelete, table } of model.links) {
    if (!onRemovals.includes(onDelete))
      report(field.name, `has the onDelete '${onDelete}'; write one of ${onRemovals.join(', ')}`)
    if (table.length > maxTableName)
      report(
        field.name,
        `makes the table '${table}', which has more than ${maxTableName} characters; choose a shorter name`,
      )
  }
  const referring = { parent: options.parent, visible: options.visible }
  for (const [option, names] of Object.entries(referring))
    for (const name of [names ?? []].flat().filter(each => typeof each === 'string'))
      if (
        fields.some(field => field.name === name) &&
        !references.some(({ field }) => field.name === name)
      )
        report(name, `is named in ${option}, so it must say which resource it refers to: Ref('…')`)
  for (const [index, { field, model: target }] of parents.entries())
    if (parents.findIndex(({ model }) => model === target) < index)
      report(field.name, `is the second parent among ${target}, which have one address for it`)
}

/** With the key, which every index ends with but a unique one, and the owner, which every unique one begins with. */
function checkIndexEntries(
  { key, fields, unique, indexes, references, owner }: Model,
  report: Report,
): void {
  const named = (set: readonly string[]) => fields.filter(({ name }) => set.includes(name))
  const entries: [option: string, fields: readonly Field[], owner: boolean][] = [
    ...unique.map(
      set => ['unique', named(set).filter(isNoOwner), owner] as [string, Field[], boolean],
    ),
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

const isNoOwner = ({ made }: Field) => made !== 'owner'

function checkKey({ key, keyMadeBy, fields, hooks }: Model, report: Report): void {
  if (
    keyMadeBy === 'client' &&
    (!key.required || key.readOnly || key.writeOnly || !key.kind.canBeKey)
  )
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
    if (isNeverSet(field) && hooks.beforeWrite === undefined)
      report(
        field.name,
        'is read-only, so it must be optional, or have a default, or a hook beforeWrite that sets it',
      )
}

/** Whether rows need a value of it that neither callers nor the server itself give. */
function isNeverSet({ readOnly, made, nullable, borrowed, default: standard }: Field): boolean {
  return readOnly && !borrowed && made === undefined && !nullable && standard === undefined
}
