// Lists of keys have tables that are called by their resource and their field, and are renamed with these.

import type { Table } from '../../table.ts'
import type { Definition, RememberedResource } from '../definition.ts'
import type { Renames } from './renames.ts'

interface List {
  readonly table: string
  /** The resource that has it, and its field. */
  readonly owner: string
  readonly field: string
}

/** The lists of a definition, by what their resources are called now. */
export function listsOf({ resources }: Definition, renames: Renames): readonly List[] {
  return resources.flatMap(({ joins, name: table, references }: RememberedResource) => {
    const owner = references.find(({ onDelete }) => onDelete === 'cascade')?.model
    if (joins !== true || owner === undefined) return []
    return [{ table, owner: renames.get(owner) ?? owner, field: table.slice(owner.length + 1) }]
  })
}

/** The same renames, with the tables of lists instead of their fields, which have no column. */
export function withLists(before: Definition, tables: readonly Table[], renames: Renames): Renames {
  const all = new Map(renames)
  for (const { table, owner, field } of listsOf(before, renames)) {
    const to = `${owner}_${renames.get(`${owner}.${field}`) ?? field}`
    all.delete(`${owner}.${field}`)
    if (to !== table && tables.some(({ name, model }) => name === to && model.joins))
      all.set(table, to)
  }
  return all
}
