// Questions about a change that only people can answer: which name has become which, and which value rows get.

import type { Field } from '../../../resource/field.ts'
import { kinds } from '../../../resource/kinds.ts'
import { columnFields } from '../../../resource/model.ts'
import type { Table } from '../../table.ts'
import type { Definition, RememberedResource } from '../definition.ts'
import { fills } from '../pair.ts'
import { listsOf } from './lists.ts'
import { type Renames, rename } from './renames.ts'

/** Something that goes while another comes, which may be the same. */
export interface Candidate {
  /** `things.name` or `cats`. */
  readonly from: string
  /** `title` or `pets`. */
  readonly to: string
}

/** A field that rows need a value for. */
export interface Need {
  readonly table: Table
  readonly field: Field
  /** `things.state` */
  readonly at: string
  /** Whether a migration works without it, as long as no row lacks a value. */
  readonly optional: boolean
}

export function renamedTables(
  { resources }: Definition,
  tables: readonly Table[],
): readonly Candidate[] {
  const gone = resources.filter(
    ({ name, joins }) => !joins && !tables.some(table => table.name === name),
  )
  const added = tables.filter(
    ({ name, model }) => !model.joins && !resources.some(resource => resource.name === name),
  )
  return gone.flatMap(resource =>
    added
      .filter(table => isAlike(resource, table))
      .map(({ name }) => ({ from: resource.name, to: name })),
  )
}

/** Whether they have as much as half of their fields in common, beside a key that the server makes. */
function isAlike({ fields }: RememberedResource, { model }: Table): boolean {
  const shared = fields.filter(
    ({ name }) => name !== 'id' && model.fields.some(field => field.name === name),
  )
  return shared.length > 0 && shared.length * 2 >= Math.min(fields.length, model.fields.length) - 1
}

/** `renames`: of tables, which are known by now. */
export function renamedFields(
  before: Definition,
  tables: readonly Table[],
  renames: Renames,
): readonly Candidate[] {
  return rename(before, renames).resources.flatMap(({ name, fields }) => {
    const wanted = tables.find(table => table.name === name)?.model.fields ?? []
    const gone = fields.filter(field => !wanted.some(({ name }) => name === field.name))
    const added = wanted.filter(field => !fields.some(({ name }) => name === field.name))
    return gone.flatMap(field =>
      added
        .filter(({ kind }) => kind === kinds[field.kind])
        .map(({ name: to }) => ({ from: `${name}.${field.name}`, to })),
    )
  })
}

/** The same of lists of keys. */
export function renamedLists(
  before: Definition,
  tables: readonly Table[],
  renames: Renames,
): readonly Candidate[] {
  const lists = listsOf(before, renames)
  return lists.flatMap(({ owner, field }) => {
    const links = tables.find(({ name }) => name === owner)?.model.links ?? []
    if (links.some(link => link.field.name === field)) return []
    return links
      .filter(link => !lists.some(list => list.owner === owner && list.field === link.field.name))
      .map(link => ({ from: `${owner}.${field}`, to: link.field.name }))
  })
}

/** Fields whose rows have no value, and for which the definition says none. */
export function needs(
  before: Definition,
  tables: readonly Table[],
  renames: Renames,
): readonly Need[] {
  const { resources } = rename(before, renames)
  return tables.flatMap(table => {
    const known = resources.find(({ name }) => name === table.name)
    if (known === undefined) return []
    return columnFields(table.model).flatMap(field => {
      const remembered = known.fields.find(({ name }) => name === field.name)
      const isFilled =
        field.nullable ||
        field.default !== undefined ||
        (field.made !== undefined && field.made in fills) ||
        field === table.model.key
      if (isFilled || (remembered && !remembered.nullable)) return []
      return [
        { table, field, at: `${table.name}.${field.name}`, optional: remembered !== undefined },
      ]
    })
  })
}
