// The rules that an instance promises its callers and only the tables hold: unique values, references and the key.

import type { Table } from '../table.ts'
import type { ActualTable, Catalog } from './catalog.ts'

/** Those that the tables hold no more, for people. */
export function missingRules(tables: readonly Table[], actual: Catalog): readonly string[] {
  return tables.flatMap(table => {
    const found = actual.get(table.name)
    return found === undefined ? [`there is no table ${table.name}`] : missingOf(table, found)
  })
}

function missingOf(
  { name, model, columns, indexes }: Table,
  found: ActualTable,
): readonly string[] {
  const isKey = found.key.length === 1 && found.key[0] === model.key.name
  return [
    ...(isKey ? [] : [`${name} does not have the key ${model.key.name}`]),
    ...columns
      .filter(column => !found.columns.has(column.name))
      .map(column => `${name} has no ${column.name}`),
    ...indexes
      .filter(index => index.unique && !found.indexes.has(index.name))
      .map(
        ({ fields }) =>
          `${name} is not unique by ${fields.filter(field => !field.startsWith('_')).join(', ')}`,
      ),
    ...model.references
      .filter(({ field, model: target }) => !refersTo(found, field.name, target))
      .map(({ field, model: target }) => `${name}.${field.name} does not refer to ${target}`),
  ]
}

function refersTo({ references }: ActualTable, column: string, target: string): boolean {
  return references.some(reference => reference.column === column && reference.target === target)
}
