// The wanted tables against the actual ones: which statements lead from these to those, and what only people can decide.

import { ownMember, type Row } from '../../resource/row.ts'
import { type Column, type Constraint, isOwnName, isWider, type Limits } from '../column.ts'
import { areWider } from '../schema-rules.ts'
import { type Dialect, plain, quote } from '../store.ts'
import { type Index, notDeleted, type Table } from '../table.ts'
import type { Breaches, Search } from './broken-rules.ts'
import { type ActualTable, type Catalog, resourceTables } from './catalog.ts'
import type { Change, Obstacle } from './change.ts'

/** What every column let through when the tables were last changed: by table and column. */
export type KnownLimits = Readonly<Record<string, Readonly<Record<string, Limits>>>>

export type Difference =
  | { readonly kind: 'change'; readonly change: Change }
  /** Not decided by a definition; says where, and what to do. */
  | { readonly kind: 'undecided'; readonly reason: string }

export interface Comparison {
  readonly dialect: Dialect
  readonly tables: readonly Table[]
  readonly actual: Catalog
  readonly limits: KnownLimits
}

export function compareTables(comparison: Comparison): readonly Difference[] {
  const { tables, actual, dialect } = comparison
  const wanted = new Set(tables.map(({ name }) => name))
  return [
    ...resourceTables(actual)
      .filter(name => !wanted.has(name))
      .map(name => undecided(`${name} is a table that no resource defines any more: drop or rename it`, dialect)),
    ...tables.flatMap(table => {
      const found = actual.get(table.name)
      return found === undefined ? createTable(table) : compareTable(comparison, table, found)
    }),
  ]
}

function createTable(table: Table): Difference[] {
  return [
    change({ action: { kind: 'createTable', table } }),
    ...table.indexes.map(index => change({ action: { kind: 'createIndex', table, index } })),
  ]
}

function compareTable(comparison: Comparison, table: Table, actual: ActualTable): Difference[] {
  const present = table.columns.filter(({ name }) => actual.columns.has(name))
  const converted = present.filter(({ name, type }) => actual.columns.get(name)?.type === type)
  const constraints = converted.flatMap(column => column.constraints.map(constraint => ({ column, constraint })))
  const missing = constraints.filter(({ constraint }) => !actual.constraints.has(constraint.name))
  const indexes = table.indexes.filter(({ name }) => !actual.indexes.has(name))
  return [
    ...[...actual.columns.keys()]
      .filter(name => !table.columns.some(column => column.name === name))
      .map(name => undecided(`${table.name}.${name} is no longer defined: rename or drop it`, table.dialect)),
    ...stale(actual.indexes, table.indexes).map(name => change({ action: { kind: 'dropIndex', name } })),
    ...stale(
      actual.constraints,
      constraints.map(({ constraint }) => constraint),
    ).map(name => dropConstraint(table, name)),
    ...table.columns.filter(column => !present.includes(column)).map(column => addColumn(table, column)),
    ...present.flatMap(column => compareColumn(table, column, actual)),
    ...converted.flatMap(column => compareRules(comparison, { table, column, actual })),
    ...missing.map(({ column, constraint }) => addConstraint(comparison, { table, column, constraint })),
    ...indexes.map(index => addIndex(table, index, actual)),
  ]
}

/** Names of ours that stand for nothing any more. */
function stale(actual: ReadonlySet<string>, wanted: readonly { readonly name: string }[]): string[] {
  return [...actual].filter(name => isOwnName(name) && !wanted.some(other => other.name === name))
}

function dropConstraint(table: Table, name: string): Difference {
  if (name.endsWith('_ref') && !table.dialect.altersReferences)
    return undecided(
      `${table.name} refers by ${name} to a table, and no longer should: put a new column in its place`,
      table.dialect,
    )
  return change({ action: { kind: 'dropConstraint', table, name } })
}

function addColumn(table: Table, column: Column): Difference {
  if (column.addable) return change({ action: { kind: 'addColumn', table, column } })
  return undecided(
    `${table.name}.${column.name} is new and required: make it optional, give it a default, or add and fill it`,
    table.dialect,
  )
}

function compareColumn(table: Table, column: Column, { columns }: ActualTable): Difference[] {
  const found = columns.get(column.name)
  const at = `${table.name}.${column.name}`
  if (found !== undefined && found.type !== column.type)
    return [undecided(`${at} is ${found.type} and should be ${column.type}: convert it`, table.dialect)]
  if (column.isKey || found?.nullable === column.nullable) return []
  if (column.nullable) return [change({ action: { kind: 'allowNull', table, column } })]
  const obstacle = rowsWhere(table, `${quote(column.name)} is null`, `${at} is required now, and has no value in`)
  return [change({ action: { kind: 'require', table, column }, stricter: `${at} is required now`, obstacle })]
}

/** Stricter rules that no check holds: the rows are looked at. */
function compareRules(
  { limits }: Comparison,
  { table, column, actual }: { table: Table; column: Column; actual: ActualTable },
): Difference[] {
  const before = ownMember(ownMember(limits, table.name) ?? {}, column.name)
  const field = table.model.fields.find(({ name }) => name === column.name)
  if (field === undefined || areWider(column.rules, before ?? {})) return []
  const search = { table, field, marksDeleted: actual.columns.has('_deleted_at'), limit: named + 1 }
  return [change({ search, stricter: `${nameOfRules(search)} has stricter rules now` })]
}

function nameOfRules({ table, field }: Search): string {
  return `${table.name}.${field.name}`
}

/** What `--check` prints where no SQL is run. */
export function searchToText(search: Search): string {
  return `-- ${nameOfRules(search)}: every row is looked at, because its rules are stricter now`
}

/** What to say of the rows found. */
export function breachesToReason(search: Search, { keys, mistake }: Breaches): string {
  return (
    `${nameOfRules(search)} breaks its rules (${mistake}) in the rows ${enumerate(keys)}: ` +
    `change them in ${fileName(search.table.dialect)}, or by the earlier version`
  )
}

interface Place {
  readonly table: Table
  readonly column: Column
  readonly constraint: Constraint
}

function addConstraint({ limits, tables }: Comparison, { table, column, constraint }: Place): Difference {
  const at = `${table.name}.${column.name}`
  const action = { kind: 'addConstraint', table, constraint } as const
  if (constraint.kind === 'reference') {
    if (!table.dialect.altersReferences)
      return undecided(`${at} should refer to ${constraint.target}: put a new column in its place`, table.dialect)
    const target = tables.find(({ name }) => name === constraint.target)
    return change({
      action,
      stricter: `${at} refers to ${constraint.target} now`,
      obstacle:
        target && rowsWhere(table, refersToNothing(column, target), `${at} refers to no row of ${target.name} in`),
    })
  }
  const before = ownMember(ownMember(limits, table.name) ?? {}, column.name)
  const wider = before !== undefined && isWider(column.limits, before)
  const obstacle = rowsWhere(table, `not (${constraint.condition})`, `${at} breaks ${constraint.definition} in`)
  return change(
    wider ? { action } : { action, stricter: `${at} has other limits now, ${constraint.definition}`, obstacle },
  )
}

/** An alias that no resource has as its name. */
const looked = quote('_looked')

/** The condition that a row refers to nothing. */
function refersToNothing({ name }: Column, target: Table): string {
  const key = `${quote(target.name)}.${quote(target.model.key.name)}`
  const field = `${looked}.${quote(name)}`
  return `${field} is not null and not exists (select 1 from ${quote(target.name)} where ${key} = ${field})`
}

function addIndex(table: Table, index: Index, actual: ActualTable): Difference {
  const { unique, fields } = index
  const action = { kind: 'createIndex', table, index } as const
  // A new column has no two values yet, or one default for all, which the database refuses by itself.
  if (!unique || fields.some(field => !actual.columns.has(field))) return change({ action })
  return change({ action, obstacle: sharedValues(table, fields, actual) })
}

/** Of the rows found at most this many are named. */
const named = 5

function rowsWhere({ name, model, dialect }: Table, condition: string, reason: string): Obstacle {
  const key = quote(model.key.name)
  return {
    query: plain(
      `select ${key} from ${quote(name)} as ${looked} where ${condition} order by ${key} limit ${named + 1}`,
    ),
    reason: rows =>
      `${reason} the rows ${enumerate(rows)}: change them in ${fileName(dialect)}, or by the earlier version`,
  }
}

function sharedValues(table: Table, fields: readonly string[], actual: ActualTable): Obstacle {
  const columns = fields.map(quote).join(', ')
  const present = actual.columns.has('_deleted_at') ? notDeleted(table.model) : []
  const conditions = [...present, ...fields.map(field => `${quote(field)} is not null`)].join(' and ')
  return {
    query: plain(
      `select ${columns} from ${quote(table.name)} where ${conditions} group by ${columns} having count(*) > 1 ` +
        `order by ${columns} limit ${named + 1}`,
    ),
    reason: rows =>
      `${table.name} should be unique by ${fields.join(', ')}, and several rows share ${enumerate(rows)}: ` +
      `change or delete them in ${fileName(table.dialect)}, or by the earlier version`,
  }
}

function enumerate(rows: readonly Row[]): string {
  const texts = rows.slice(0, named).map(row => (row.length === 1 ? JSON.stringify(row[0]) : JSON.stringify(row)))
  return [...texts, ...(rows.length > named ? ['…'] : [])].join(', ')
}

function change(change: Change): Difference {
  return { kind: 'change', change }
}

function undecided(reason: string, dialect: Dialect): Difference {
  return { kind: 'undecided', reason: `${reason} in ${fileName(dialect)}` }
}

function fileName({ name }: Dialect): string {
  return `migrations/${name}/<number>-<name>.sql`
}
