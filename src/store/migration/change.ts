// One change of a table: what is done, which rows stand in its way, and what is lost by it.

import type { Row } from '../../resource/row.ts'
import type { Column, Constraint } from '../column.ts'
import { quote, type Statement } from '../store.ts'
import type { Index, Table } from '../table.ts'
import type { Search } from './broken-rules.ts'

export interface Change {
  /** Nothing where only rows are looked at, or where only people can tell that it is meant. */
  readonly action?: Action
  /** Finds rows that break rules which no check holds. */
  readonly search?: Search
  /** Why old and new instances cannot run side by side. Such a change takes the command `migrate`. */
  readonly stricter?: string
  /** Finds rows that stand in its way. */
  readonly obstacle?: Finding | undefined
  /** Finds rows that lose something by it. */
  readonly loss?: Finding
}

/** Something to be said of rows, where there are any. */
export interface Finding {
  readonly query: Statement
  readonly reason: (rows: readonly Row[]) => string
}

export type Action =
  | {
      readonly kind: 'createTable' | 'dropTable'
      readonly name: string
      readonly statements: readonly string[]
    }
  | { readonly kind: 'createIndex'; readonly table: Table; readonly index: Index }
  /** `statements`: where it is more than an index. */
  | {
      readonly kind: 'dropIndex'
      readonly name: string
      readonly statements?: readonly string[] | undefined
    }
  | { readonly kind: 'addColumn'; readonly table: Table; readonly column: Column }
  | { readonly kind: 'dropColumn'; readonly table: Table; readonly name: string }
  /** Gives a value to the rows that have none. */
  | {
      readonly kind: 'fill'
      readonly table: Table
      readonly column: string
      readonly value: string
    }
  /** Gives another revision to the rows whose value is read as another one from now on. */
  | { readonly kind: 'renew'; readonly table: Table; readonly column: string }
  | { readonly kind: 'deleteRows'; readonly table: Table; readonly condition: string }
  | { readonly kind: 'require' | 'allowNull'; readonly table: Table; readonly column: string }
  | {
      readonly kind: 'setDefault' | 'addIdentity' | 'dropIdentity'
      readonly table: Table
      readonly column: Column
    }
  | {
      readonly kind: 'addCheck' | 'addReference'
      readonly table: Table
      readonly constraint: Constraint
    }
  | { readonly kind: 'dropCheck' | 'dropReference'; readonly table: Table; readonly name: string }
  /** Makes a table anew around its rows, where the database does not alter it. */
  | { readonly kind: 'rebuild'; readonly table: Table; readonly statements: readonly string[] }

/** The order of changes: names are free before others take them, and rows are complete before rules hold them. */
const order: readonly Action['kind'][] = [
  'dropIndex',
  'dropReference',
  'dropCheck',
  'deleteRows',
  'dropColumn',
  'dropTable',
  'createTable',
  'rebuild',
  'addColumn',
  'allowNull',
  'setDefault',
  'dropIdentity',
  'addIdentity',
  'fill',
  'renew',
  'require',
  'addCheck',
  'createIndex',
  'addReference',
]

export function inOrder(changes: readonly Change[]): readonly Change[] {
  const rank = ({ action }: Change) =>
    action === undefined ? order.length : order.indexOf(action.kind)
  return changes.toSorted((one, other) => rank(one) - rank(other))
}

/** The SQL of an action: statements that are run one after the other. */
export function actionToSql(action: Action): readonly string[] {
  switch (action.kind) {
    case 'createTable':
    case 'dropTable':
    case 'rebuild':
      return action.statements
    case 'createIndex':
      return action.index.statements
    case 'dropIndex':
      return action.statements ?? [`drop index ${quote(action.name)}`]
    default:
      return alter(action)
  }
}

type Alteration = Extract<Action, { readonly table: Table }>

function alter(
  action: Exclude<Alteration, { kind: 'createIndex' | 'rebuild' }>,
): readonly string[] {
  const table = quote(action.table.name)
  switch (action.kind) {
    case 'addColumn':
      return [
        `alter table ${table} add column ${quote(action.column.name)} ${action.column.definition}`,
      ]
    case 'dropColumn':
      return [`alter table ${table} drop column ${quote(action.name)}`]
    case 'fill':
    case 'renew':
      return [updateToSql(action)]
    case 'deleteRows':
      return [`delete from ${table} where ${action.condition}`]
    case 'addCheck':
    case 'addReference':
      return [
        `alter table ${table} add constraint ${quote(action.constraint.name)} ${action.constraint.definition}`,
      ]
    case 'dropCheck':
    case 'dropReference':
      return [`alter table ${table} drop constraint ${quote(action.name)}`]
    case 'require':
    case 'allowNull':
      return [
        `alter table ${table} alter column ${quote(action.column)} ${action.kind === 'require' ? 'set' : 'drop'} not null`,
      ]
    default:
      return alterColumn(action)
  }
}

/** A row with another value is another state of it, and so it has another revision. `among`: some of the rows. */
export function updateToSql(
  action: Extract<Action, { kind: 'fill' | 'renew' }>,
  among?: string,
): string {
  const { table, column } = action
  const [name, revision] = [quote(column), quote('_rev')]
  const values = new Map([[revision, table.dialect.nextRevision]])
  if (action.kind === 'fill') values.set(name, action.value)
  const assignments = [...values].map(([column, value]) => `${column} = ${value}`)
  const condition = `${name} is ${action.kind === 'fill' ? '' : 'not '}null`
  const conditions = among === undefined ? condition : `${condition} and ${among}`
  return `update ${quote(table.name)} set ${assignments.join(', ')} where ${conditions}`
}

/** Changes that PostgreSQL alone can make in place. */
function alterColumn({
  kind,
  table: { name, dialect },
  column,
}: Extract<
  Action,
  { readonly kind: 'setDefault' | 'addIdentity' | 'dropIdentity' }
>): readonly string[] {
  const altered = `alter table ${quote(name)} alter column ${quote(column.name)}`
  if (kind === 'dropIdentity') return [`${altered} drop identity`]
  if (kind === 'addIdentity') return dialect.addIdentity(name, column.name)
  return [
    `${altered} ${column.default === undefined ? 'drop default' : `set default ${column.default}`}`,
  ]
}
