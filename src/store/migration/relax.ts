// Rules that an earlier definition does not have are dropped before files are taken back to it, as files are run before
// rules get stricter: what they write need not keep both definitions.

import { isOwnName } from '../column.ts'
import type { Table } from '../table.ts'
import { type ActualTable, asksForValue, type Catalog, isHeld } from './catalog.ts'
import { type Action, actionToSql } from './change.ts'

export interface Ends {
  /** The definition that is gone back to. */
  readonly tables: readonly Table[]
  readonly actual: Catalog
  /** The definition that the tables were last brought to. */
  readonly before: ReadonlyMap<string, Table>
}

/** The SQL of that: for what is unique, for the columns that keep their kind and for those that are left. */
export function relaxedRules({ tables, actual, before }: Ends): readonly string[] {
  return tables.flatMap(table => {
    const found = actual.get(table.name)
    const former = before.get(table.name)
    if (found === undefined || former === undefined) return []
    return [
      ...relaxSets(table, found),
      ...relaxColumns(table, found, former),
      ...relaxLeft(table, found),
    ].flatMap(actionToSql)
  })
}

function relaxSets({ indexes: wanted }: Table, { indexes }: ActualTable): readonly Action[] {
  return [...indexes]
    .filter(([name, { unique }]) => unique && isOwnName(name) && !isAmong(wanted, name))
    .map(([name]) => ({ kind: 'dropIndex', name }) as const)
}

function isAmong(rules: readonly { readonly name: string }[], name: string): boolean {
  return rules.some(rule => rule.name === name)
}

/** A column that the earlier definition does not have is left, and then asks for no value. */
function relaxLeft(table: Table, { columns }: ActualTable): readonly Action[] {
  return [...columns]
    .filter(([name, column]) => !isAmong(table.columns, name) && asksForValue(column))
    .map(([column]) => ({ kind: 'allowNull', table, column }) as const)
}

function relaxColumns(table: Table, found: ActualTable, former: Table): readonly Action[] {
  return table.columns.flatMap(({ name, kind, isKey, nullable, constraints }) => {
    const column = found.columns.get(name)
    const isSame = former.columns.some(other => other.name === name && other.kind === kind)
    if (column === undefined || !isSame || isKey) return []
    const checks = [...found.constraints.keys()].filter(
      check => isOwnName(check) && isHeld(found, check, name) && !isAmong(constraints, check),
    )
    return [
      ...(nullable && !column.nullable
        ? [{ kind: 'allowNull', table, column: name } as const]
        : []),
      ...checks
        .filter(check => check.endsWith('_check'))
        .map(check => ({ kind: 'dropCheck', table, name: check }) as const),
    ]
  })
}
