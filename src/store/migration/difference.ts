// The wanted tables against the actual ones: which changes lead from these to those, and what only people can decide.

import type { Constraint } from '../column.ts'
import { quote } from '../store.ts'
import { createStatement, type Table } from '../table.ts'
import { writtenFileName } from './advice.ts'
import { resourceTables } from './catalog.ts'
import { type Action, type Change, inOrder } from './change.ts'
import { compareAdopted } from './compare-adopted.ts'
import { compareColumns } from './compare-columns.ts'
import { compareIndexes } from './compare-indexes.ts'
import { compareKey } from './compare-key.ts'
import { compareReferences } from './compare-references.ts'
import { compareUnfinished } from './compare-unfinished.ts'
import { type Comparison, change, type Difference, type Pair } from './pair.ts'
import { rebuild } from './rebuild.ts'
import { contentOf } from './rows.ts'

export interface Differences {
  /** In the order in which they are made. */
  readonly changes: readonly Change[]
  /** Differences that no change settles, each with what to do. */
  readonly undecided: readonly string[]
  /** Things that no definition has any more: `things.note`, or the table `notes`. */
  readonly left: readonly string[]
}

export function compareTables(comparison: Comparison): Differences {
  const found = differencesOf(comparison)
  const left = found.flatMap(difference => (difference.kind === 'left' ? [difference.name] : []))
  return {
    changes: inOrder(
      found.flatMap(difference => (difference.kind === 'change' ? [difference.change] : [])),
    ),
    undecided: [
      ...found.flatMap(difference => (difference.kind === 'undecided' ? [toText(difference)] : [])),
      ...wronglyDropped(comparison),
    ],
    left: left.toSorted(),
  }
}

function differencesOf(comparison: Comparison): readonly Difference[] {
  const { tables, actual } = comparison
  const wanted = new Set(tables.map(({ name }) => name))
  return [
    ...resourceTables(actual)
      .filter(name => !wanted.has(name))
      .flatMap(name => leftTable(comparison, name)),
    ...tables.flatMap(table => {
      const found = actual.get(table.name)
      return found === undefined
        ? createTable(comparison, table)
        : compareTable({ ...comparison, table, found })
    }),
    ...renames(comparison),
  ]
}

function toText({ reason, script }: Extract<Difference, { kind: 'undecided' }>): string {
  return script === undefined ? reason : `${reason}\n\n${script}\n`
}

function createTable(comparison: Comparison, table: Table): Difference[] {
  const later = laterReferences(comparison, table)
  const statements = [createStatement(table, later)]
  return [
    change({ action: { kind: 'createTable', name: table.name, statements } }),
    ...table.indexes.map(index => change({ action: { kind: 'createIndex', table, index } })),
    ...later.map(constraint => change({ action: { kind: 'addReference', table, constraint } })),
  ]
}

/** In a circle of references, those to tables that are made later. SQLite lets a table refer to one that is not there. */
function laterReferences(
  { dialect, tables, actual }: Comparison,
  table: Table,
): readonly Constraint[] {
  if (!dialect.altersTables) return []
  const isThere = (target: string) =>
    actual.has(target) ||
    tables.slice(0, tables.indexOf(table) + 1).some(({ name }) => name === target)
  return table.columns.flatMap(({ constraints }) =>
    constraints.filter(
      constraint => constraint.kind === 'reference' && !isThere(constraint.target),
    ),
  )
}

/** A table that no resource defines any more stays for instances of the earlier definition, unless it is told to go. */
function leftTable({ drop, actual }: Comparison, name: string): Difference[] {
  if (!drop.includes(name)) return [{ kind: 'left', name }]
  const indexes = [...(actual.get(name)?.indexes.values() ?? [])].flatMap(({ drop = [] }) => drop)
  const statements = [...indexes, `drop table ${quote(name)}`]
  const action = { kind: 'dropTable', name, statements } as const
  return [change({ action, stricter: `${name} is dropped`, loss: contentOf(name) })]
}

function compareTable(pair: Pair): Difference[] {
  const key = compareKey(pair)
  if (key.length > 0) return key
  const adopted = compareAdopted(pair)
  if (adopted.length > 0) return adopted
  return altered(pair, [
    ...compareColumns(pair),
    ...compareReferences(pair),
    ...compareIndexes(pair),
    ...compareUnfinished(pair),
  ])
}

/** The same differences; where the database does not alter a table so, they are settled by making it anew. */
function altered(pair: Pair, differences: Difference[]): Difference[] {
  const actions = differences.flatMap(difference =>
    difference.kind === 'change' && difference.change.action ? [difference.change.action] : [],
  )
  if (pair.dialect.altersTables || !actions.some(needsAltering)) return differences
  const dropped = actions.flatMap(action => (action.kind === 'dropIndex' ? [action.name] : []))
  const indexes = [...pair.found.indexes.keys()].filter(name => !dropped.includes(name))
  const statements = rebuild(pair, new Map(), indexes)
  return [
    ...differences.map(withoutAction),
    change({ action: { kind: 'rebuild', table: pair.table, statements } }),
  ]
}

function needsAltering(action: Action): boolean {
  if (action.kind === 'addColumn')
    return (
      action.column.default !== undefined &&
      action.column.constraints.some(({ kind }) => kind === 'reference')
    )
  return ['setDefault', 'addReference', 'dropReference', 'addIdentity', 'dropIdentity'].includes(
    action.kind,
  )
}

/** Changes to indexes, deleted rows and revisions stay; all others are in the new table. */
function withoutAction(difference: Difference): Difference {
  if (difference.kind !== 'change' || difference.change.action === undefined) return difference
  const { action, ...rest } = difference.change
  return ['createIndex', 'dropIndex', 'deleteRows', 'renew'].includes(action.kind)
    ? difference
    : change(rest)
}

/** A table that goes while another comes may be the same under another name, which only people can tell. */
function renames({ dialect, tables, actual, before, drop }: Comparison): Difference[] {
  const added = tables.filter(({ name }) => !actual.has(name))
  const gone = [...before.keys()].filter(
    name => actual.has(name) && !tables.some(table => table.name === name),
  )
  const [name] = gone.filter(name => !drop.includes(name))
  const [table] = added
  if (name === undefined || table === undefined) return []
  const statement = `alter table ${quote(name)} rename to ${quote(table.name)};`
  const written = `if it was renamed, write ${statement} in ${writtenFileName(dialect)}`
  return [change({ stricter: `${name} is gone and ${table.name} is new (${written})` })]
}

/** Names that are told to go, and are not there or are still defined. */
function wronglyDropped({ drop, tables, actual }: Comparison): readonly string[] {
  return drop.flatMap(name => {
    const [table = '', column] = name.split('.')
    const wanted = tables.find(candidate => candidate.name === table)
    const isThere =
      column === undefined ? actual.has(table) : actual.get(table)?.columns.has(column)
    const isDefined =
      column === undefined ? wanted : wanted?.columns.some(candidate => candidate.name === column)
    if (isThere && !isDefined && (column === undefined || wanted)) return []
    return [
      `${name} is not dropped: ${isThere ? 'a definition has it, or its table is left' : 'it is not there'}`,
    ]
  })
}
