// Renamed tables and columns. A definition cannot tell them: only people know that two names mean the same.

import type { Definition, RememberedResource } from '../definition.ts'

/** By what it was called, with a table under its new name: `things.name` → `title`, `cats` → `pets`. */
export type Renames = ReadonlyMap<string, string>

export interface Renaming {
  readonly from: string
  readonly to: string
}

/** The tables that are renamed; or the columns of one. */
export function renamingsOf(renames: Renames, table?: string): readonly Renaming[] {
  return [...renames].flatMap(([name, to]) => {
    const [first = '', column] = name.split('.')
    if (table === undefined) return column === undefined ? [{ from: first, to }] : []
    return first === table && column !== undefined ? [{ from: column, to }] : []
  })
}

/** The same definition under the new names. */
export function rename({ resources }: Definition, renames: Renames): Definition {
  return { resources: resources.map(resource => renameResource(resource, renames)) }
}

function renameResource(resource: RememberedResource, renames: Renames): RememberedResource {
  const named = (table: string) => renames.get(table) ?? table
  const name = named(resource.name)
  const column = (field: string) => renames.get(`${name}.${field}`) ?? field
  return {
    ...resource,
    name,
    key: column(resource.key),
    fields: resource.fields.map(field => ({ ...field, name: column(field.name) })),
    references: resource.references.map(({ field, model, ...rest }) => ({
      ...rest,
      field: column(field),
      model: named(model),
    })),
    unique: resource.unique.map(set => set.map(column)),
    indexes: resource.indexes.map(set => set.map(column)),
    ...(resource.searched && { searched: resource.searched.map(column) }),
  }
}

/** Those that lead back. */
export function inverse(renames: Renames): Renames {
  const tables = renamingsOf(renames)
  const formerName = (table: string) => tables.find(({ to }) => to === table)?.from ?? table
  return new Map(
    [...renames].map(([name, to]) => {
      const [table = '', column] = name.split('.')
      return column === undefined ? [to, table] : [`${formerName(table)}.${to}`, column]
    }),
  )
}

/** One after the other, so that no name is taken when it is given: by way of other names where some change places. */
export function inTurn(renamings: readonly Renaming[]): readonly Renaming[] {
  const isTaken = renamings.some(({ to }) => renamings.some(({ from }) => from === to))
  if (!isTaken) return renamings
  return [
    ...renamings.map(({ from, to }) => ({ from, to: temporary(to) })),
    ...renamings.map(({ to }) => ({ from: temporary(to), to })),
  ]
}

/** A name that no field and no resource has. */
export function temporary(name: string): string {
  return `_new_${name}`
}
