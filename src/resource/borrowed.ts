// Fields whose values are those of another row: `From('customer_id', 'name')` is the name of the row to which
// `customer_id` refers.

import { didYouMean } from './did-you-mean.ts'
import type { Field, Report } from './field.ts'
import type { JsonSchema } from './kinds.ts'
import { hasOwners } from './owner.ts'
import { listTargetOf, sourceOf, targetOf } from './reference.ts'
import { type Resources, resolveReference } from './resolve-reference.ts'
import type { Resource } from './resource.ts'
import { ownMember } from './row.ts'
import { serverKey } from './server-key.ts'

/** A field with the value that the row has to which a reference of its own row refers. */
export interface Borrowed {
  readonly field: Field
  /** The field that is the reference, and its column. */
  readonly reference: string
  readonly through: string
  /** The other model, and the field there. */
  readonly model: string
  readonly source: string
  /** Where the value is: a table, the column of its key, and that of the field. */
  readonly table: string
  readonly key: string
  readonly column: string
}

/** The keywords of the borrowed field that are about writing it, and so are left out of the schema. */
const ofWriting = ['default', 'fixed', 'made', 'deprecated', 'onDelete', 'refersTo', 'scope']

/** The options of a borrowed field. */
const known = ['from', 'description', 'title', 'deprecated']

/** The schema of a borrowed field: that of the field whose value it has. */
export function resolveBorrowed(
  schema: JsonSchema,
  { resource, resources }: { readonly resource: Resource; readonly resources: Resources },
): JsonSchema {
  const [reference, name] = sourceOf(schema) ?? []
  if (reference === undefined || name === undefined) return schema
  const target = targetOf(ownMember(resource.fields.properties, reference))
  const source = resources.get(String(target))
  const own = source && fieldOf(source, name)
  // Mistakes are reported where the borrowed fields are checked.
  if (source === undefined || own === undefined || sourceMistake(source, name) !== undefined)
    return { ...schema, type: 'string', readOnly: true }
  const kept = Object.entries(resolveReference(own, resources)).filter(
    ([keyword]) => !ofWriting.includes(keyword),
  )
  return { ...Object.fromEntries(kept), ...scopeToRead(own), ...schema, readOnly: true }
}

/** Callers who may not read the field there may not read it here. */
function scopeToRead({ scope }: JsonSchema): JsonSchema {
  const { read } = typeof scope === 'object' ? Object(scope) : { read: scope }
  return read === undefined ? {} : { scope: { read } }
}

function fieldOf({ fields, options }: Resource, name: string): JsonSchema | undefined {
  if (options.key === undefined && name === 'id') return serverKey
  return ownMember(fields.properties, name) as JsonSchema | undefined
}

/** The fields that a resource borrows through a reference; mistakes are reported. */
export function toBorrowed(
  resource: Resource,
  field: Field,
  { resources, report }: { readonly resources: Resources; readonly report: Report },
): Borrowed[] {
  const { fields } = resource
  const [reference, name] = sourceOf(ownMember(fields.properties, field.name)) ?? []
  if (reference === undefined || name === undefined) return []
  const tell = (mistake: string) => {
    report(field.name, mistake)
    return []
  }
  const own = ownMember(fields.properties, reference)
  const names = Object.keys(fields.properties)
  if (own === undefined)
    return tell(
      `is from '${reference}', but ${resource.name} has no such field${didYouMean(reference, names)}`,
    )
  const model = targetOf(own)
  if (model === undefined)
    return tell(`is from '${reference}', which must be a reference: ${reference}: Ref('…')`)
  const source = resources.get(model)
  // That there is no such resource is told of the reference.
  if (source === undefined) return []
  const mistake = sourceMistake(source, name)
  if (mistake !== undefined) return tell(mistake)
  const other = Object.keys(Object(ownMember(fields.properties, field.name))).find(
    keyword => !known.includes(keyword),
  )
  if (other !== undefined) return tell(`is the value of another row, so it cannot have ${other}`)
  if (!field.nullable && !isAlwaysThere(fields, reference, source, name))
    return tell('may be null, as what it is from may be: write Type.Optional(From(…))')
  const through = columnIn(resource, reference)
  return [{ field, reference, through, model, source: name, ...placeOf(source, name) }]
}

function placeOf(source: Resource, name: string): Pick<Borrowed, 'table' | 'key' | 'column'> {
  const { table = source.name, key = 'id' } = source.options
  return { table, key: columnIn(source, key), column: columnIn(source, name) }
}

function columnIn({ options }: Resource, field: string): string {
  return ownMember(options.columns ?? {}, field) ?? field
}

/** Why the values of a field cannot be borrowed. */
function sourceMistake(source: Resource, name: string): string | undefined {
  const schema = fieldOf(source, name)
  const names = [...Object.keys(source.fields.properties), source.options.key ?? 'id']
  if (schema === undefined)
    return `is from '${name}' of ${source.name}, but there is no such field${didYouMean(name, names)}`
  if (sourceOf(schema) !== undefined)
    return `is from ${name} of ${source.name}, which is from another row itself`
  if (listTargetOf(schema) !== undefined)
    return `is from ${name} of ${source.name}, which is a list of keys`
  if (schema.writeOnly === true)
    return `is from ${name} of ${source.name}, which is writeOnly, so nobody may learn its values`
  if (hasOwners(source) || source.options.visible !== undefined)
    return `is from ${source.name}, of which not every caller sees every row`
  return undefined
}

/** Whether each row has a value. */
function isAlwaysThere(
  fields: Resource['fields'],
  reference: string,
  source: Resource,
  column: string,
): boolean {
  const isNeeded = (name: string, { required = [], properties }: Resource['fields']) =>
    required.includes(name) || ownMember(properties, name)?.default !== undefined
  return isNeeded(reference, fields) && (column === 'id' || isNeeded(column, source.fields))
}
