// A wanted table beside the one that is there, and what is known of how that came about.

import { columnOf, type Made } from '../../resource/field.ts'
import { hiddenOwner } from '../../resource/owner.ts'
import type { Column } from '../column.ts'
import { type Dialect, literal, quote } from '../store.ts'
import type { Table } from '../table.ts'
import type { Advice } from './advice.ts'
import type { ActualTable, Catalog } from './catalog.ts'
import type { Change } from './change.ts'

export interface Comparison {
  readonly dialect: Dialect
  /** Those that are wanted. */
  readonly tables: readonly Table[]
  readonly actual: Catalog
  /** The definition that the tables were last brought to, as far as it is remembered. */
  readonly before: ReadonlyMap<string, Table>
  /** The goal of a migration that was killed. */
  readonly begun: ReadonlyMap<string, Table>
  /** Things to drop that no definition has any more: `things.note`, or the table `notes`. */
  readonly drop: readonly string[]
  /** In UTC, as ISO 8601 has it. */
  readonly now: string
  readonly advice: Advice
  /** The values that rows without one get, as SQL, by field: `things.note`. */
  readonly fills: ReadonlyMap<string, string>
}

export interface Pair extends Comparison {
  readonly table: Table
  readonly found: ActualTable
}

export type Difference =
  | { readonly kind: 'change'; readonly change: Change }
  /** Not decided by a definition; says where, and what to do. `script`: what solves it, as SQL. */
  | { readonly kind: 'undecided'; readonly reason: string; readonly script?: string }
  /** No definition has it any more, and it stays: `things.note`, or the table `notes`. */
  | { readonly kind: 'left'; readonly name: string }

export function change(change: Change): Difference {
  return { kind: 'change', change }
}

/** The column as it was when the table was last brought to a definition, or as one that was killed has added it. */
export function columnBefore({ before, begun, table }: Pair, name: string): Column | undefined {
  const within = (known: Table | undefined) => known?.columns.find(column => column.name === name)
  return within(before.get(table.name)) ?? within(begun.get(table.name))
}

/** Whether no earlier definition has the column, though it may be there: a migration that was killed has added it. */
export function isNew({ before, begun, table }: Pair, name: string): boolean {
  const known = before.get(table.name)
  return known?.columns.every(column => column.name !== name) ?? begun.has(table.name)
}

/** The columns that are there, and in no definition any more. */
export function leftColumns({ table, found }: Pair): readonly string[] {
  return [...found.columns.keys()].filter(
    name => !table.columns.some(column => column.name === name),
  )
}

/** The columns of an adopted table that are none of a definition's. */
export function othersColumns(pair: Pair): readonly string[] {
  if (!pair.table.model.isAdopted) return []
  return leftColumns(pair).filter(
    name => !name.startsWith('_') && columnBefore(pair, name) === undefined,
  )
}

/** The value for rows that have none, as SQL, where a definition or somebody says one. */
export function fillOf(pair: Pair, column: Column): string | undefined {
  const { dialect, table, fills: said } = pair
  if (column.name === '_rev') return dialect.nextRevision
  const given = said.get(`${table.name}.${column.name}`)
  const made = table.model.fields.find(field => columnOf(field) === column.name)?.made
  return given ?? (made && fills[made]?.(pair)) ?? column.default
}

/** Existing rows get the value that the server would set, but for the caller who created them. */
export const fills: Readonly<Partial<Record<Made, (pair: Pair) => string>>> = {
  createdAt: ({ now }) => literal(now),
  updatedAt: ({ now }) => literal(now),
  owner: ownerBefore,
  uuid: ({ dialect }) => dialect.randomUuid,
}

/** The owner of rows where no field said it; rows without an owner are only for callers who see all. */
function ownerBefore({ found }: Pair): string {
  const nobody = literal('open')
  return found.columns.has(hiddenOwner)
    ? `coalesce(nullif(${quote(hiddenOwner)}, ''), ${nobody})`
    : nobody
}

/** Whether rows that have no value in a column get one. */
export function isFilled(pair: Pair, column: Column): boolean {
  const isNullable = pair.found.columns.get(column.name)?.nullable ?? false
  return isNullable && !column.nullable && fillOf(pair, column) !== undefined
}
