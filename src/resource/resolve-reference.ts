// A reference as a field: with the type and the limits of the key that it refers to.

import { capitalized, withArticle } from './english.ts'
import type { JsonSchema } from './kinds.ts'
import { targetOf } from './reference.ts'
import type { Resource } from './resource.ts'
import { ownMember } from './row.ts'
import { serverKey } from './server-key.ts'
import { singularOf } from './singular.ts'

/** By their names. */
export type Resources = ReadonlyMap<string, Resource>

/** The keywords of a key that its references have too. */
const shared = [
  'type',
  'format',
  'pattern',
  'enum',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
]

/** The schema of a field as it is read. */
export function resolveReference(schema: JsonSchema, resources: Resources): JsonSchema {
  const target = targetOf(schema)
  if (target === undefined) return schema
  const { refersTo: _, onDelete: __, description, ...own } = schema
  const resource = resources.get(target)
  // That there is none is told where the relations are checked.
  if (resource === undefined) return { ...own, type: serverKey.type }
  const { examples, ...key } = keySchema(resource, resources)
  const limits = Object.entries(key).filter(([keyword]) => shared.includes(keyword))
  return {
    ...(examples === undefined ? {} : { examples }),
    ...own,
    ...Object.fromEntries(limits),
    description: describe(description, resource),
  }
}

/** The key of one resource may be a reference to another. */
function keySchema({ name, fields, options }: Resource, resources: Resources): JsonSchema {
  if (options.key === undefined) return serverKey
  const own = ownMember(fields.properties, options.key) as JsonSchema | undefined
  const others = new Map([...resources].filter(([other]) => other !== name))
  return own === undefined ? serverKey : resolveReference(own, others)
}

/** What the field is, and what it refers to. */
function describe(description: unknown, { name, options }: Resource): string {
  const thing = withArticle(options.singular ?? singularOf(name))
  const key = `the ${options.key ?? 'id'} of ${thing}`
  return description === undefined ? capitalized(key) : `${description} (${key})`
}
