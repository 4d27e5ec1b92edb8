// The known state of the tables: the definition they were last brought to, and leftovers of earlier ones that are wanted again.

import type { Table } from '../table.ts'
import type { ActualTable, Catalog } from './catalog.ts'
import type { Definition, RememberedResource } from './definition.ts'
import { definitionOf, type LedgerEntry } from './ledger.ts'

/** `entries`: of the ledger, in order. */
export function definitionBefore(
  entries: readonly LedgerEntry[],
  tables: readonly Table[],
  actual: Catalog,
): Definition {
  const [current, ...earlier] = entries.map(definitionOf).toReversed()
  if (current === undefined) return { resources: [] }
  const isKnown = (name: string) => current.resources.some(resource => resource.name === name)
  const left = tables.flatMap(({ name }) =>
    actual.has(name) && !isKnown(name) ? everyOf(earlier, name).slice(0, 1) : [],
  )
  return {
    resources: [...current.resources, ...left].map(resource => {
      const table = tables.find(({ name }) => name === resource.name)
      const found = actual.get(resource.name)
      return table && found
        ? withLeft(resource, { table, found, earlier: everyOf(earlier, resource.name) })
        : resource
    }),
  }
}

/** A resource as definitions had it, the last one first. */
function everyOf(definitions: readonly Definition[], name: string): readonly RememberedResource[] {
  return definitions.flatMap(({ resources }) => resources.filter(other => other.name === name))
}

interface Left {
  readonly table: Table
  readonly found: ActualTable
  readonly earlier: readonly RememberedResource[]
}

/** The same resource with the fields whose columns are left and wanted again, and what came with them. */
function withLeft(resource: RememberedResource, left: Left): RememberedResource {
  const isKnown = (name: string) => resource.fields.some(field => field.name === name)
  const again = left.table.model.fields.flatMap(({ name }) =>
    isKnown(name) ? [] : leftField(left, name),
  )
  return {
    ...resource,
    fields: [...resource.fields, ...again.map(({ field }) => field)],
    references: [...resource.references, ...again.flatMap(({ references }) => references)],
    unique: [...resource.unique, ...again.flatMap(({ unique }) => unique)],
    indexes: [...resource.indexes, ...again.flatMap(({ indexes }) => indexes)],
  }
}

/** As the last definition had it that had it; rows that came later have no value. */
function leftField({ found, earlier }: Left, name: string) {
  const column = found.columns.get(name)
  const last = earlier.find(({ fields }) => fields.some(field => field.name === name))
  const field = last?.fields.find(field => field.name === name)
  if (column === undefined || last === undefined || field === undefined) return []
  const isAbout = (set: readonly string[]) => set.includes(name)
  return [
    {
      field: { ...field, nullable: column.nullable },
      references: last.references.filter(reference => reference.field === name),
      unique: last.unique.filter(isAbout),
      indexes: last.indexes.filter(isAbout),
    },
  ]
}
