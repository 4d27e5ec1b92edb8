// The steps of a numbered file before the tables can be compared with the wanted ones, and the answers that it needs.

import type { Field, Json } from '../../../resource/field.ts'
import { kinds } from '../../../resource/kinds.ts'
import { columnFields } from '../../../resource/model.ts'
import type { Table } from '../../table.ts'
import type { Definition, RememberedField, RememberedResource } from '../definition.ts'
import { type Renames, rename } from './renames.ts'

/** The answers that people have given. */
export interface Answers {
  readonly renames: Renames
  /** The values for rows that have none, by field: `things.state`. */
  readonly fills: ReadonlyMap<string, Json>
}

export interface Moves {
  /** The definition of the tables before them. */
  readonly before: Definition
  readonly renames: Renames
  /** Under their old names, before they are renamed. */
  readonly conversions: readonly Conversion[]
  /** Under the new names, afterwards. */
  readonly additions: readonly Addition[]
}

export interface Conversion {
  readonly resource: RememberedResource
  readonly before: RememberedField
  readonly field: Field
  /** The value that each row gets instead of its own. */
  readonly value: Json | undefined
}

export interface Addition {
  readonly table: Table
  readonly field: Field
  readonly value: Json
  /** Whether the column is there, and only some rows have no value. */
  readonly isThere: boolean
}

/** The moves from a definition to the wanted tables that follow from neither of them alone. */
export function findMoves(
  before: Definition,
  tables: readonly Table[],
  { renames, fills }: Answers,
): Moves {
  const renamed = rename(before, renames)
  const pairs = tables.flatMap(table => {
    const index = renamed.resources.findIndex(({ name }) => name === table.name)
    const [resource, original] = [renamed.resources[index], before.resources[index]]
    return resource && original ? [{ table, resource, original, fills }] : []
  })
  return {
    before,
    renames,
    conversions: pairs.flatMap(conversionsOf),
    additions: pairs.flatMap(additionsOf),
  }
}

interface Pair {
  readonly table: Table
  /** Under its new names. */
  readonly resource: RememberedResource
  readonly original: RememberedResource
  readonly fills: Answers['fills']
}

function conversionsOf({ table, resource, original, fills }: Pair): readonly Conversion[] {
  return resource.fields.flatMap((remembered, index) => {
    const field = columnFields(table.model).find(({ name }) => name === remembered.name)
    const before = original.fields[index]
    if (field === undefined || before === undefined || !isOther(field, remembered)) return []
    // It gets another kind with the key that it refers to.
    if (
      resource.references.some(
        reference => reference.field === field.name && refersTo(table, reference),
      )
    )
      return []
    return [{ resource: original, before, field, value: fills.get(`${table.name}.${field.name}`) }]
  })
}

function refersTo(
  { model }: Table,
  { field, model: target }: RememberedResource['references'][number],
): boolean {
  return model.references.some(
    reference => reference.field.name === field && reference.model === target,
  )
}

/** Whether values of one are none of the other; lists and objects are stored alike, and differ. */
function isOther(field: Field, before: RememberedField): boolean {
  return (
    field.kind !== kinds[before.kind] ||
    field.kind.coding?.(field).name !== field.kind.coding?.(before).name ||
    (!field.kind.isScalar && isOtherType(field.schema.type, before.schema.type))
  )
}

/** A value that was any JSON, or becomes it, stays as it is. */
function isOtherType(type: unknown, before: unknown): boolean {
  return type !== before && type !== undefined && before !== undefined
}

function additionsOf({ table, resource, fills }: Pair): readonly Addition[] {
  return columnFields(table.model).flatMap(field => {
    const value = fills.get(`${table.name}.${field.name}`)
    const before = resource.fields.find(({ name }) => name === field.name)
    if (value === undefined || (before && isOther(field, before))) return []
    return [{ table, field, value, isThere: before !== undefined }]
  })
}

/** The definition of the tables after the moves, as far as they go. */
export function afterMoves({ before, renames, conversions, additions }: Moves): Definition {
  const resources = before.resources.map(resource => ({
    ...resource,
    fields: resource.fields.map(field => {
      const conversion = conversions.find(({ before }) => before === field)
      return conversion === undefined ? field : { ...bare(conversion.field), name: field.name }
    }),
  }))
  const renamed = rename({ resources }, renames).resources
  return {
    resources: renamed.map(resource => {
      const added = additions.filter(
        ({ table, isThere }) => table.name === resource.name && !isThere,
      )
      return { ...resource, fields: [...resource.fields, ...added.map(({ field }) => bare(field))] }
    }),
  }
}

/** A column with its kind, and nothing that rows have to keep. */
function bare({ kind, schema, ...field }: Field): RememberedField {
  const { type, pattern, 'x-precision': precision, 'x-scale': scale } = schema
  const digits =
    kind.coding !== undefined ? { pattern, 'x-precision': precision, 'x-scale': scale } : {}
  return {
    ...field,
    kind: kind.name,
    schema: { type, ...digits },
    required: false,
    nullable: true,
    default: undefined,
  }
}
