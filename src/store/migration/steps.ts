// The changes of tables that are in use, as steps: each keeps others waiting for a moment only, and leaves a state that
// old and new instances can live with.

import type { SqlValue } from '../../resource/row.ts'
import { type Column, type Constraint, nameOf, withoutConstraints } from '../column.ts'
import { quote, type Statement } from '../store.ts'
import type { Index, Table } from '../table.ts'
import { type Action, actionToSql, type Change, updateToSql } from './change.ts'

export interface Step {
  /** Run in one transaction; or one by one, where they are alone. */
  readonly statements: readonly string[]
  /** Whether they cannot be part of a transaction; they may wait for others, whom they do not keep waiting. */
  readonly alone?: boolean
  /** The same for some rows: those behind a key. It gives the last key, or null where there is none any more. */
  readonly portion?: (after: SqlValue | undefined) => Statement
  /** The tables that they need. */
  readonly tables: readonly string[]
  /** Removes what bears a name that is needed: an earlier attempt has left it, or it moved when a table was renamed. */
  readonly before?: readonly string[]
  /** Removes what this one leaves where rows stand in its way. */
  readonly undo?: string
}

/** A new rule is held before an old one is dropped, and rows are complete before a rule asks for it. */
const order: readonly Action['kind'][] = [
  'createTable',
  'addColumn',
  'allowNull',
  'setDefault',
  'dropIdentity',
  'addIdentity',
  'addCheck',
  'dropCheck',
  'deleteRows',
  'fill',
  'renew',
  'require',
  'createIndex',
  'dropIndex',
  'addReference',
  'dropReference',
  'dropColumn',
  'dropTable',
]

export function changesToSteps(changes: readonly Change[]): readonly Step[] {
  const actions = changes.flatMap(({ action }) => (action === undefined ? [] : [action]))
  const created = actions.flatMap(action => (action.kind === 'createTable' ? [action.name] : []))
  const isOfNewTable = (action: Action) =>
    action.kind === 'createIndex' && created.includes(action.table.name)
  const indexesOf = (name: string) =>
    actions.flatMap(action =>
      action.kind === 'createIndex' && action.table.name === name ? [action.index] : [],
    )
  return actions
    .filter(action => !isOfNewTable(action) && !isMadeRoomFor(action, actions))
    .toSorted((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind))
    .flatMap(action => toSteps(action, indexesOf))
}

/** Whether an index or a check goes whose name another one takes: it is dropped right before that. */
function isMadeRoomFor(action: Action, actions: readonly Action[]): boolean {
  if (action.kind !== 'dropIndex' && action.kind !== 'dropCheck') return false
  return actions.some(
    other =>
      (other.kind === 'createIndex' && other.index.name === action.name) ||
      (other.kind === 'addCheck' && other.constraint.name === action.name),
  )
}

function toSteps(action: Action, indexesOf: (table: string) => readonly Index[]): readonly Step[] {
  switch (action.kind) {
    case 'createTable':
      return [createTable(action.statements, indexesOf(action.name))]
    case 'createIndex':
      return [createIndex(action.table, action.index)]
    case 'dropIndex':
      return [{ statements: [dropIndex(action.name)], alone: true, tables: [] }]
    case 'addColumn':
      return addColumn(action.table, action.column)
    case 'addCheck':
    case 'addReference':
      return addConstraint(action.table, action.constraint)
    case 'require':
      return requireColumn(action.table, action.column, actionToSql(action))
    case 'fill':
    case 'renew':
      return [updateInPortions(action)]
    default:
      return [
        {
          statements: actionToSql(action),
          tables: 'table' in action ? [action.table.name] : [action.name],
        },
      ]
  }
}

/** Nobody knows it yet, so its indexes can be made at once. */
function createTable(statements: readonly string[], indexes: readonly Index[]): Step {
  return {
    statements: [...statements, ...indexes.flatMap(({ statements }) => statements)],
    tables: [],
    before: indexes.map(({ name }) => `drop index if exists ${quote(name)}`),
  }
}

function createIndex({ name: table }: Table, { name, statements }: Index): Step {
  return {
    statements: statements.map(text => text.replace(/ index /, ' index concurrently ')),
    alone: true,
    tables: [table],
    before: [dropIndex(name)],
    undo: dropIndex(name),
  }
}

/** The default of a new column is no work for its rows; to look whether they keep the limits is. */
function addColumn(table: Table, column: Column): readonly Step[] {
  const { name, constraints } = column
  const { definition } = withoutConstraints(column)
  const added = [`add column ${quote(name)} ${definition}`, ...constraints.map(addUnchecked)]
  const first = {
    statements: [alter(table, added.join(', '))],
    tables: tablesOf(table, constraints),
  }
  return [first, ...constraints.map(constraint => validate(table, constraint))]
}

function addConstraint(table: Table, constraint: Constraint): readonly Step[] {
  const first = {
    statements: [alter(table, addUnchecked(constraint))],
    tables: tablesOf(table, [constraint]),
    before: [dropConstraint(table, constraint)],
  }
  return [first, validate(table, constraint)]
}

/** Where a check says the same and has been validated, no row is looked at while others wait. */
function requireColumn(table: Table, name: string, setNotNull: readonly string[]): readonly Step[] {
  const condition = `${quote(name)} is not null`
  const definition = `check (${condition})`
  const check = {
    kind: 'check',
    name: nameOf(name, definition, 'check'),
    definition,
    condition,
  } as const
  return [
    ...addConstraint(table, check),
    { statements: [...setNotNull, dropConstraint(table, check)], tables: [table.name] },
  ]
}

/** How many rows are changed at once: others wait for those alone, and not for long. */
const portionSize = 5_000

function updateInPortions(action: Extract<Action, { kind: 'fill' | 'renew' }>): Step {
  const { table } = action
  const [name, key] = [quote(table.name), quote(table.model.key.name)]
  const update = updateToSql(action, `${key} in (select ${key} from "_portion")`)
  const portion = (after: SqlValue | undefined) => ({
    text:
      `with "_portion" as (select ${key} from ${name}${after === undefined ? '' : ` where ${key} > $1`} ` +
      `order by ${key} limit ${portionSize}), "_updated" as (${update}) select max(${key}) from "_portion"`,
    values: after === undefined ? [] : [after],
  })
  return { statements: [updateToSql(action)], portion, tables: [table.name] }
}

function validate(table: Table, constraint: Constraint): Step {
  return {
    statements: [alter(table, `validate constraint ${quote(constraint.name)}`)],
    tables: tablesOf(table, [constraint]),
    undo: dropConstraint(table, constraint),
  }
}

function dropIndex(name: string): string {
  return `drop index concurrently if exists ${quote(name)}`
}

function addUnchecked({ name, definition }: Constraint): string {
  return `add constraint ${quote(name)} ${definition} not valid`
}

function dropConstraint(table: Table, { name }: Constraint): string {
  return alter(table, `drop constraint if exists ${quote(name)}`)
}

function tablesOf({ name }: Table, constraints: readonly Constraint[]): readonly string[] {
  return [
    name,
    ...constraints.flatMap(constraint =>
      constraint.kind === 'reference' ? [constraint.target] : [],
    ),
  ]
}

function alter({ name }: Table, action: string): string {
  return `alter table ${quote(name)} ${action}`
}
