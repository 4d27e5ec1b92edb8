// The indexes and checks of a table that are ours against those that are wanted, by their names, which tell what they say, and their columns.

import { type Column, isOwnName } from '../column.ts'
import { hasStems } from '../search-index.ts'
import type { Index, Table } from '../table.ts'
import { type ActualTable, isHeld } from './catalog.ts'
import type { Finding } from './change.ts'
import { change, type Difference, fillOf, isFilled, leftColumns, type Pair } from './pair.ts'
import { sharedValues } from './rows.ts'

export function compareIndexes(pair: Pair): Difference[] {
  const { table, found } = pair
  return [
    ...staleChecks(pair),
    ...[...found.indexes.keys()]
      .filter(name => isStale(pair, name))
      .map(name => dropIndex(pair, name)),
    ...table.indexes.flatMap(index =>
      isThere(found, index) ? sharedFills(pair, index) : addIndex(pair, index),
    ),
  ]
}

/** Whether an index is there and on its columns: it follows a column that is renamed, and keeps its name. */
function isThere({ indexes }: ActualTable, { name, fields, isSearch }: Index): boolean {
  const columns = indexes.get(name)?.columns
  return isSearch
    ? columns?.toSorted().join() === fields.toSorted().join()
    : columns?.join() === fields.join()
}

function staleChecks(pair: Pair): Difference[] {
  const { table, found } = pair
  const kept = leftColumns(pair).filter(name => !isDropped(pair, name))
  const isKept = (check: string) =>
    kept.some(column => isHeld(found, check, column))
      ? !isWanted(table, check)
      : isWantedHere(pair, check)
  const stale = [...found.constraints.keys()].filter(
    name => isOwnName(name) && name.endsWith('_check') && !isKept(name),
  )
  return stale.map(name => change({ action: { kind: 'dropCheck', table, name } }))
}

function isWanted({ columns }: Table, check: string): boolean {
  return columns.some(({ constraints }) => constraints.some(({ name }) => name === check))
}

function isWantedHere({ table, found }: Pair, check: string): boolean {
  return table.columns.some(
    ({ name, constraints }) =>
      constraints.some(wanted => wanted.name === check) && isHeld(found, check, name),
  )
}

function isDropped({ table, drop }: Pair, column: string): boolean {
  return drop.includes(`${table.name}.${column}`) || column === '_owner' || column === '_deleted_at'
}

/** An index stays with a column that is left, as long as rows of this definition cannot be in its way. */
function isStale(pair: Pair, name: string): boolean {
  const { table, found } = pair
  const index = found.indexes.get(name)
  const wanted = table.indexes.find(candidate => candidate.name === name)
  if (index === undefined || !isOwnName(name)) return false
  if (wanted !== undefined) return !isThere(found, wanted)
  const left = leftColumns(pair).filter(column => index.columns.includes(column))
  const isFree = (column: string) =>
    !isDropped(pair, column) && found.columns.get(column)?.default === null
  return left.length === 0 || !left.every(isFree)
}

function dropIndex({ table, found }: Pair, name: string): Difference {
  const { unique = false, columns = [], drop, isSearch } = found.indexes.get(name) ?? {}
  const action = { kind: 'dropIndex', name, statements: drop } as const
  // Instances of the earlier definition look for words in it.
  if (isSearch)
    return change({
      action,
      stricter: `${table.name} is no longer searched by ${hasStems(name) ? 'stems of ' : ''}${columns.join(', ')}`,
    })
  const isImplied = table.indexes.some(
    index => index.unique && index.fields.every(field => columns.includes(field)),
  )
  if (!unique || isImplied) return change({ action })
  const fields = columns.filter(column => !column.startsWith('_')).join(', ')
  return change({ action, stricter: `${table.name} is no longer unique by ${fields}` })
}

function addIndex(pair: Pair, index: Index): Difference[] {
  const { table, found } = pair
  const action = { kind: 'createIndex', table, index } as const
  const added = table.columns.filter(
    ({ name }) => index.fields.includes(name) && !found.columns.has(name),
  )
  // A new column without a value is in nobody's way; a default is the same for all.
  if (!index.unique || added.some(column => sharedFill(pair, column) === undefined))
    return [change({ action })]
  return [change({ action, obstacle: sharedBy(pair, index) })]
}

/** Values that are unique may be so no longer when rows without one get a value. */
function sharedFills(pair: Pair, index: Index): Difference[] {
  if (!index.unique || fillsOf(pair, index).size === 0) return []
  return [change({ obstacle: sharedBy(pair, index) })]
}

function sharedBy(pair: Pair, index: Index): Finding {
  const present = index.fields.filter(field => pair.found.columns.has(field))
  const filled = fillsOf(pair, index)
  return sharedValues(pair, { set: index.fields, fields: present, filled })
}

/** By column, what the rows get that have no value in it. */
function fillsOf(pair: Pair, { fields }: Index): ReadonlyMap<string, string> {
  const columns = pair.table.columns.filter(
    column => fields.includes(column.name) && isFilled(pair, column),
  )
  return new Map(
    columns.flatMap(column => {
      const value = sharedFill(pair, column)
      return value === undefined ? [] : [[column.name, value] as const]
    }),
  )
}

/** The value for rows that have none, if it is the same for all; UUIDs are not. */
function sharedFill(pair: Pair, column: Column): string | undefined {
  const value = fillOf(pair, column)
  return value === pair.dialect.randomUuid ? undefined : value
}
