// Lists of keys: the table between the resource that has the list and the one whose keys it holds.

import { Type } from '@sinclair/typebox'
import type { Field } from './field.ts'
import type { DefinedResource, Link } from './model.ts'
import { listTargetOf, onRemovalOf, Ref } from './reference.ts'
import type { Resources } from './resolve-reference.ts'
import type { Resource } from './resource.ts'
import { ownMember } from './row.ts'

/** Where a key stands in its list, from 0. */
export const positionColumn = 'position'

/** The row that has the list, and the one whose key is in it. They are called alike whatever the resources are called. */
const columns = { own: 'holder', other: 'item' } as const

/** The link of a field that has a list of keys. */
export function toLink(resource: Resource, field: Field): Link[] {
  const schema = ownMember(resource.fields.properties, field.name)
  const model = listTargetOf(schema)
  if (model === undefined) return []
  const table = tableOf(resource, field.name)
  return [{ field, model, onDelete: onRemovalOf(schema), table, ...columns }]
}

/** Of a table that is called otherwise than its resource, the table's name counts. */
function tableOf({ name, options: { table, columns } }: Resource, field: string): string {
  return `${table ?? name}_${ownMember(columns ?? {}, field) ?? field}`
}

/** The tables of its links, as resources that are not served. */
export function joinResources(
  { file, resource }: DefinedResource,
  resources: Resources,
): readonly DefinedResource[] {
  return Object.entries(resource.fields.properties).flatMap(([field, schema]) => {
    const target = listTargetOf(schema)
    const to = target === undefined ? undefined : resources.get(target)
    if (to === undefined) return []
    const fields = Type.Object({
      [columns.own]: Ref(resource.name, { onDelete: 'cascade' }),
      [columns.other]: Ref(to.name),
      [positionColumn]: Type.Integer({ minimum: 0 }),
    })
    const options = {
      description: `The ${field} of ${resource.name}`,
      unique: [Object.values(columns)],
    }
    const name = tableOf(resource, field)
    return [{ file, joins: true, resource: { name, fields, options } as unknown as Resource }]
  })
}
