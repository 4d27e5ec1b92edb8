// The indexes and checks of a table that are ours against those that are wanted, by their names, which tell what they say.

import { isOwnName } from '../column.ts'
import type { Index } from '../table.ts'
import { change, type Difference, fillOf, leftColumns, type Pair } from './pair.ts'
import { sharedValues } from './rows.ts'

export function compareIndexes(pair: Pair): Difference[] {
  const { table, found } = pair
  return [
    ...staleChecks(pair),
    ...[...found.indexes].filter(([name]) => isStale(pair, name)).map(([name]) => dropIndex(pair, name)),
    ...table.indexes.filter(({ name }) => !found.indexes.has(name)).map(index => addIndex(pair, index)),
  ]
}

function staleChecks(pair: Pair): Difference[] {
  const { table, found } = pair
  const wanted = new Set(table.columns.flatMap(({ constraints }) => constraints.map(({ name }) => name)))
  const kept = leftColumns(pair)
    .filter(name => !isDropped(pair, name))
    .map(name => name.slice(0, 48))
  const stale = [...found.constraints].filter(
    name => isOwnName(name) && name.endsWith('_check') && !wanted.has(name) && !kept.includes(name.slice(0, -15)),
  )
  return stale.map(name => change({ action: { kind: 'dropCheck', table, name } }))
}

function isDropped({ table, drop }: Pair, column: string): boolean {
  return drop.includes(`${table.name}.${column}`) || column === '_owner' || column === '_deleted_at'
}

/** An index stays with a column that is left, as long as rows of this definition cannot be in its way. */
function isStale(pair: Pair, name: string): boolean {
  const { table, found } = pair
  const index = found.indexes.get(name)
  if (index === undefined || !isOwnName(name) || table.indexes.some(wanted => wanted.name === name)) return false
  const left = leftColumns(pair).filter(column => index.columns.includes(column))
  const isFree = (column: string) => !isDropped(pair, column) && found.columns.get(column)?.default === null
  return left.length === 0 || !left.every(isFree)
}

function dropIndex({ table, found }: Pair, name: string): Difference {
  const { unique = false, columns = [] } = found.indexes.get(name) ?? {}
  const action = { kind: 'dropIndex', name } as const
  const isImplied = table.indexes.some(index => index.unique && index.fields.every(field => columns.includes(field)))
  if (!unique || isImplied) return change({ action })
  const fields = columns.filter(column => !column.startsWith('_')).join(', ')
  return change({ action, stricter: `${table.name} is no longer unique by ${fields}` })
}

function addIndex(pair: Pair, index: Index): Difference {
  const { table, found } = pair
  const action = { kind: 'createIndex', table, index } as const
  const added = table.columns.filter(({ name }) => index.fields.includes(name) && !found.columns.has(name))
  // A new column without a value is in nobody's way; a default is the same for all.
  if (!index.unique || added.some(column => fillOf(pair, column) === undefined)) return change({ action })
  const present = index.fields.filter(field => found.columns.has(field))
  return change({ action, obstacle: sharedValues(table, present, found, index.fields) })
}
