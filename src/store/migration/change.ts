// One change of a table: what is done, and which rows stand in its way.

import type { Row } from '../../resource/row.ts'
import type { Column, Constraint } from '../column.ts'
import { quote, type Statement } from '../store.ts'
import type { Index, Table } from '../table.ts'
import type { Search } from './broken-rules.ts'

export interface Change {
  /** Nothing where only rows are looked at. */
  readonly action?: Action
  /** Rows that must not be there. */
  readonly search?: Search
  /** What it refuses that was taken before: an earlier version of the service could trip over it. */
  readonly stricter?: string
  /** Finds rows that stand in its way. */
  readonly obstacle?: Obstacle | undefined
}

export interface Obstacle {
  readonly query: Statement
  /** What to say of the rows found. */
  readonly reason: (rows: readonly Row[]) => string
}

export type Action =
  | { readonly kind: 'createTable'; readonly table: Table }
  | { readonly kind: 'createIndex'; readonly table: Table; readonly index: Index }
  | { readonly kind: 'dropIndex'; readonly name: string }
  | { readonly kind: 'addColumn'; readonly table: Table; readonly column: Column }
  | { readonly kind: 'require' | 'allowNull'; readonly table: Table; readonly column: Column }
  | { readonly kind: 'addConstraint'; readonly table: Table; readonly constraint: Constraint }
  | { readonly kind: 'dropConstraint'; readonly table: Table; readonly name: string }

/** The SQL of an action, as one statement that is done at once. */
export function actionToSql(action: Action): string {
  switch (action.kind) {
    case 'createTable':
      return action.table.create
    case 'createIndex':
      return action.index.statement
    case 'dropIndex':
      return `drop index ${quote(action.name)}`
    case 'addColumn':
      return alter(action.table, `add column ${quote(action.column.name)} ${action.column.definition}`)
    case 'require':
      return alter(action.table, `alter column ${quote(action.column.name)} set not null`)
    case 'allowNull':
      return alter(action.table, `alter column ${quote(action.column.name)} drop not null`)
    case 'addConstraint':
      return alter(action.table, `add constraint ${quote(action.constraint.name)} ${action.constraint.definition}`)
    case 'dropConstraint':
      return alter(action.table, `drop constraint ${quote(action.name)}`)
  }
}

function alter({ name }: Table, action: string): string {
  return `alter table ${quote(name)} ${action}`
}
