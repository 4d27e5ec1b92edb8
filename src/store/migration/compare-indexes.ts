// The indexes and checks of a table that are ours against those that are wanted, by their names, which tell what they say, and their columns.

import { isOwnName } from '../column.ts'
import { quote } from '../store.ts'
import type { Index, Table } from '../table.ts'
import type { ActualTable } from './catalog.ts'
import { change, type Difference, fillOf, leftColumns, type Pair } from './pair.ts'
import { sharedValues } from './rows.ts'

export function compareIndexes(pair: Pair): Difference[] {
  const { table, found } = pair
  return [
    ...staleChecks(pair),
    ...[...found.indexes.keys()]
      .filter(name => isStale(pair, name))
      .map(name => dropIndex(pair, name)),
    ...table.indexes.filter(index => !isThere(found, index)).map(index => addIndex(pair, index)),
  ]
}

/** Whether an index is there and on its columns: it follows a column that is renamed, and keeps its name. */
function isThere({ indexes }: ActualTable, { name, fields }: Index): boolean {
  return indexes.get(name)?.columns.join() === fields.join()
}

/** Whether a check is there and about the column, which is the first that a check of ours names. */
export function isHeld({ constraints }: ActualTable, check: string, column: string): boolean {
  const [about] = /"(?:[^"]|"")*"/.exec(constraints.get(check) ?? '') ?? []
  return about === quote(column)
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
  const { unique = false, columns = [] } = found.indexes.get(name) ?? {}
  const action = { kind: 'dropIndex', name } as const
  const isImplied = table.indexes.some(
    index => index.unique && index.fields.every(field => columns.includes(field)),
  )
  if (!unique || isImplied) return change({ action })
  const fields = columns.filter(column => !column.startsWith('_')).join(', ')
  return change({ action, stricter: `${table.name} is no longer unique by ${fields}` })
}

function addIndex(pair: Pair, index: Index): Difference {
  const { table, found } = pair
  const action = { kind: 'createIndex', table, index } as const
  const added = table.columns.filter(
    ({ name }) => index.fields.includes(name) && !found.columns.has(name),
  )
  // A new column without a value is in nobody's way, nor are UUIDs; a default is the same for all.
  const isApart = [undefined, pair.dialect.randomUuid]
  if (!index.unique || added.some(column => isApart.includes(fillOf(pair, column))))
    return change({ action })
  const present = index.fields.filter(field => found.columns.has(field))
  return change({
    action,
    obstacle: sharedValues(pair, { set: index.fields, fields: present }),
  })
}
