// Compares the references of a table with the wanted ones, by the database's own account and not by constraint names.

import { type Column, isOwnName } from '../column.ts'
import { quote } from '../store.ts'
import type { ActualReference } from './catalog.ts'
import type { Finding } from './change.ts'
import { type Comparison, change, type Difference, isNew, leftColumns, type Pair } from './pair.ts'
import { looked, rowsWhere } from './rows.ts'

export function compareReferences(pair: Pair): Difference[] {
  const { table, found } = pair
  const present = table.columns.filter(({ name, type }) => found.columns.get(name)?.type === type)
  return [
    ...found.references
      .filter(reference => isStale(pair, reference))
      .map(reference => dropReference(pair, reference)),
    ...present.flatMap(column => addReferences(pair, column)),
  ]
}

/** One of ours that no definition has any more; a column that is left keeps what it refers to. */
function isStale(pair: Pair, { column, target, name }: ActualReference): boolean {
  const { table, found } = pair
  const wanted = table.columns.find(candidate => candidate.name === column)
  if (leftColumns(pair).includes(column) || (wanted && refersTo(wanted, target))) return false
  const names = name === null ? [...found.constraints.keys()] : [name]
  return names.some(isReferenceName)
}

function isReferenceName(name: string): boolean {
  return isOwnName(name) && name.endsWith('_ref')
}

function refersTo({ constraints }: Column, target: string): boolean {
  return constraints.some(
    constraint => constraint.kind === 'reference' && constraint.target === target,
  )
}

function dropReference({ table }: Pair, { column, target, name }: ActualReference): Difference {
  const stricter = `${table.name}.${column} no longer refers to ${target}`
  return change({ action: { kind: 'dropReference', table, name: name ?? '' }, stricter })
}

function addReferences(pair: Pair, column: Column): Difference[] {
  const { table, found } = pair
  return column.constraints.flatMap(constraint => {
    if (constraint.kind !== 'reference') return []
    const { target } = constraint
    if (found.references.some(actual => actual.column === column.name && actual.target === target))
      return []
    const at = `${table.name}.${column.name}`
    const obstacle = dangling(pair, column.name, target)
    const stricter = isNew(pair, column.name) ? {} : { stricter: `${at} refers to ${target} now` }
    return [change({ action: { kind: 'addReference', table, constraint }, ...stricter, obstacle })]
  })
}

/** Rows that refer to nothing. */
function dangling(pair: Pair, column: string, target: string): Finding {
  const field = `${looked}.${quote(column)}`
  return rowsWhere(pair, {
    condition: `${field} is not null and not (${isKeyOf(pair, target, field)})`,
    reason: `${pair.table.name}.${column} refers to no row of ${target} in`,
  })
}

/** Rows that a file has left without what they refer to, where the database says so only at the commit, and not which. */
export function brokenReferences(comparison: Comparison): readonly Finding[] {
  const { tables, actual } = comparison
  return tables.flatMap(table => {
    const found = actual.get(table.name)
    if (found === undefined) return []
    return table.columns.flatMap(({ name, constraints }) =>
      constraints.flatMap(constraint =>
        constraint.kind === 'reference' &&
        found.references.some(other => other.column === name && other.target === constraint.target)
          ? [dangling({ ...comparison, table, found }, name, constraint.target)]
          : [],
      ),
    )
  })
}

/** The condition that a value is the key of a row; a table that is not there yet has none. */
export function isKeyOf({ tables, actual }: Pair, target: string, value: string): string {
  const key = tables.find(({ name }) => name === target)?.model.key.name ?? ''
  if (!actual.get(target)?.columns.has(key)) return '1 = 0'
  return `exists (select 1 from ${quote(target)} where ${quote(target)}.${quote(key)} = ${value})`
}
