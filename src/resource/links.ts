// Lists of keys: the table between the resource that has the list and the one whose keys it holds.

import { Type } from '@sinclair/typebox'
import type { Field } from './field.ts'
import type { DefinedResource, Link } from './model.ts'
import { listTargetOf, onRemovalOf, Ref } from './reference.ts'
import type { Resources } from './resolve-reference.ts'
import type { Resource } from './resource.ts'
import { ownMember } from './row.ts'
import { singularOf } from './singular.ts'

/** Where a key stands in its list, from 0. */
export const positionColumn = 'position'

/** The link of a field that has a list of keys. */
export function toLink(resource: Resource, field: Field, resources: Resources): Link[] {
  const schema = ownMember(resource.fields.properties, field.name)
  const model = listTargetOf(schema)
  if (model === undefined) return []
  const columns = columnsOf(resource, resources.get(model))
  const table = tableOf(resource, field.name)
  return [{ field, model, onDelete: onRemovalOf(schema), table, ...columns }]
}

function tableOf({ name }: Resource, field: string): string {
  return `${name}_${field}`
}

/** `issue_id` and `label_id`; of two alike, the second is `other_issue_id`. */
function columnsOf(from: Resource, to: Resource | undefined): Pick<Link, 'own' | 'other'> {
  const own = columnOf(from)
  const other = to === undefined ? own : columnOf(to)
  return { own, other: own === other ? `other_${other}` : other }
}

function columnOf({ name, options }: Resource): string {
  const singular = options.singular ?? singularOf(name)
  return `${singular.replaceAll('-', '_').slice(0, 20)}_${(options.key ?? 'id').slice(0, 20)}`
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
    const { own, other } = columnsOf(resource, to)
    const fields = Type.Object({
      [own]: Ref(resource.name, { onDelete: 'cascade' }),
      [other]: Ref(to.name),
      [positionColumn]: Type.Integer({ minimum: 0 }),
    })
    const options = { description: `The ${field} of ${resource.name}`, unique: [[own, other]] }
    const name = tableOf(resource, field)
    return [{ file, joins: true, resource: { name, fields, options } as unknown as Resource }]
  })
}
