// The owner of a row: a field `Owner()`, or a column that no caller reads.

import type { Field, Report } from './field.ts'
import type { JsonSchema } from './kinds.ts'
import type { Resource } from './resource.ts'

/** The part of a model that tells the owner. */
interface Owned {
  readonly fields: readonly Field[]
  /** Whether rows have owners. */
  readonly owner: boolean
}

/** The column where no field says it. No field can have this name. */
export const hiddenOwner = '_owner'

/** The field that says it; undefined where rows have no owners, or none that is shown. */
export function ownerFieldOf({ fields }: Pick<Owned, 'fields'>): Field | undefined {
  return fields.find(({ made }) => made === 'owner')
}

/** The same of a resource that is not a model yet. */
export function hasOwners({ fields, options }: Resource): boolean {
  return (
    options.owner === true || Object.values(fields.properties).some(({ made }) => made === 'owner')
  )
}

/** Whether rows have owners in a column that is no field. */
export function hidesOwner(model: Owned): boolean {
  return model.owner && ownerFieldOf(model) === undefined
}

/** The schema of a field: callers who see all rows, and no others, give them to somebody else. */
export function resolveOwner(schema: JsonSchema, { name }: Resource): JsonSchema {
  const { made, scope = {} } = schema
  if (made !== 'owner' || typeof scope !== 'object') return schema
  return { ...schema, scope: { write: `${name}:admin`, ...scope } }
}

export function checkOwner(
  { options }: Resource,
  { fields, owner, publicRead, keyMadeBy }: Owned & { publicRead: boolean; keyMadeBy: string },
  report: Report,
): void {
  // A key that is taken would tell of another's row.
  if (owner && keyMadeBy === 'client')
    report('', 'has owners, so the server must make its keys: leave out `key`')
  if (owner && publicRead) report('', 'has owners, so it cannot have publicRead too')
  const [field, ...others] = fields.filter(({ made }) => made === 'owner')
  if (field === undefined) return
  for (const { name } of others)
    report(name, `is Owner(), and so is ${field.name}: a row has one owner`)
  if (options.owner !== undefined) report(field.name, 'is Owner(): leave out the option owner')
  if (field.nullable) report(field.name, 'is Owner(), and each row has one: no Type.Optional(…)')
  if (field.default !== undefined)
    report(field.name, 'is Owner(), at first the caller: leave out default')
}
