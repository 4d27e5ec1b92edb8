// A reference as a field: with the type and the limits of the key that it refers to.

import { capitalized, withArticle } from './english.ts'
import type { JsonSchema } from './kinds.ts'
import { listTargetOf, targetOf } from './reference.ts'
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
  const list = listTargetOf(schema)
  if (list !== undefined) return resolveList(schema, list, resources)
  const target = targetOf(schema)
  if (target === undefined) return schema
  const { refersTo: _, onDelete: __, description, ...own } = schema
  const resource = resources.get(target)
  // That there is none is told where the relations are checked.
  if (resource === undefined) return { ...own, type: serverKey.type }
  const key = keySchema(resource, resources)
  return {
    ...(key.examples === undefined ? {} : { examples: key.examples }),
    ...own,
    ...limitsOf(key),
    description: describe(description, resource),
  }
}

/** How many keys a list has at most, unless its field says so. */
export const usualMaxKeys = 100

/** It may be left out, and is empty then, unless it must have items. */
function resolveList(schema: JsonSchema, target: string, resources: Resources): JsonSchema {
  const { refersToMany: _, onDelete: __, description, ...own } = schema
  const resource = resources.get(target)
  const isNeeded = Number(own.minItems ?? 0) > 0
  return {
    ...(isNeeded ? {} : { default: [] }),
    maxItems: usualMaxKeys,
    ...own,
    kind: 'keys',
    type: 'array',
    uniqueItems: true,
    items:
      resource === undefined ? { type: serverKey.type } : limitsOf(keySchema(resource, resources)),
    ...(resource === undefined ? {} : { description: describeList(description, resource) }),
  }
}

function limitsOf(key: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(key).filter(([keyword]) => shared.includes(keyword)))
}

/** The key of one resource may be a reference to another. */
function keySchema({ name, fields, options }: Resource, resources: Resources): JsonSchema {
  if (options.key === undefined) return serverKey
  const own = ownMember(fields.properties, options.key) as JsonSchema | undefined
  const others = new Map([...resources].filter(([other]) => other !== name))
  return own === undefined ? serverKey : resolveReference(own, others)
}

function describeList(description: unknown, { name, options }: Resource): string {
  const keys = `the ${options.key ?? 'id'} of each of its ${name}`
  return description === undefined ? capitalized(keys) : `${description} (${keys})`
}

/** Describes the field by the resource that it refers to. */
function describe(description: unknown, { name, options }: Resource): string {
  const thing = withArticle(options.singular ?? singularOf(name))
  const key = `the ${options.key ?? 'id'} of ${thing}`
  return description === undefined ? capitalized(key) : `${description} (${key})`
}
