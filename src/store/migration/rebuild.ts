// A table made anew around its rows: SQLite alters no default, no reference and no key of a table.

import type { Column } from '../column.ts'
import { literal, quote } from '../store.ts'
import type { Catalog } from './catalog.ts'
import { fillOf, isFilled, leftColumns, othersColumns, type Pair } from './pair.ts'

/**
 * Statements for a transaction. What refers to the table is held to that again at the end of the transaction. `values`:
 * by column, what it gets in a row instead of what it has. `indexes`: those that are made again with it.
 */
export function rebuild(
  pair: Pair,
  values: ReadonlyMap<string, string> = new Map(),
  indexes: readonly string[] = [...pair.found.indexes.keys()],
): readonly string[] {
  const { table, found } = pair
  const [name, copy] = [quote(table.name), quote(copyName(table.name))]
  const numbers = quote(`${copyName(table.name)}_numbers`)
  const isNumbered = [...found.columns.values()].some(({ identity }) => identity)
  const left = leftColumns(pair)
  const lines = [
    ...table.columns.map(({ name, definition }) => `${quote(name)} ${definition}`),
    ...left.map(column => `${quote(column)} ${leftDefinition(pair, column)}`),
  ]
  const taken = [
    ...table.columns.flatMap(column => taking(pair, column, values)),
    ...left.map(column => [quote(column), quote(column)] as const),
  ]
  const followers = followersOf(pair.actual, table.name)
  return [
    'pragma defer_foreign_keys = on',
    ...setAside(followers),
    `create table ${copy} as select * from ${name}`,
    ...(isNumbered
      ? [
          `create table ${numbers} as select seq from sqlite_sequence where name = ${literal(table.name)}`,
        ]
      : []),
    `drop table ${name}`,
    `create table ${name} (\n  ${lines.join(',\n  ')}\n) ${table.dialect.tableOptions}`.trim(),
    `insert into ${name} (${taken.map(([column]) => column).join(', ')}) ` +
      `select ${taken.map(([, value]) => value).join(', ')} from ${copy}`,
    `drop table ${copy}`,
    ...(isNumbered ? keepNumbers(table.name, numbers) : []),
    ...followers.flatMap(putBack),
    ...[...found.indexes].flatMap(([index, { statements }]) =>
      indexes.includes(index) ? statements : [],
    ),
    ...found.triggers,
  ]
}

/** The tables whose rows the database itself deletes or changes with those of a table, also when it is dropped. */
function followersOf(actual: Catalog, table: string): readonly string[] {
  const followed = [table]
  for (const target of followed)
    for (const [name, { references }] of actual)
      if (
        !followed.includes(name) &&
        references.some(({ target: other, follows }) => follows && other === target)
      )
        followed.push(name)
  return followed.slice(1)
}

/** All are copied before one is emptied, which changes others. */
function setAside(tables: readonly string[]): readonly string[] {
  return [
    ...tables.map(name => `create table ${quote(`_kept_${name}`)} as select * from ${quote(name)}`),
    ...tables.map(name => `delete from ${quote(name)}`),
  ]
}

function putBack(table: string): readonly string[] {
  const [name, kept] = [quote(table), quote(`_kept_${table}`)]
  return [`insert into ${name} select * from ${kept}`, `drop table ${kept}`]
}

/** A name that no resource has. */
export function copyName(table: string): string {
  return `_old_${table}`
}

/** A column and its value in the rows there are; a new one has its default, or is null. */
function taking(
  pair: Pair,
  column: Column,
  values: ReadonlyMap<string, string>,
): readonly (readonly [string, string])[] {
  const name = quote(column.name)
  const given = values.get(column.name)
  if (given !== undefined) return [[name, given]]
  const fill = fillOf(pair, column)
  if (!pair.found.columns.has(column.name))
    return fill === undefined || column.isIdentity ? [] : [[name, fill]]
  if (column.name === '_rev') return [[name, revision(pair, values)]]
  return [[name, isFilled(pair, column) ? `coalesce(${name}, ${fill})` : name]]
}

/** A row with another value is another state of it, and so it has another revision. */
function revision(pair: Pair, values: ReadonlyMap<string, string>): string {
  const { table, dialect } = pair
  const filled = table.columns
    .filter(({ name }) => !values.has(name))
    .filter(column => isFilled(pair, column))
  const conditions = [
    ...[...values.keys()].map(name => `${quote(name)} is not null`),
    ...filled.map(({ name }) => `${quote(name)} is null`),
  ]
  const kept = quote('_rev')
  if (conditions.length === 0) return kept
  return `case when ${conditions.join(' or ')} then ${dialect.nextRevision} else ${kept} end`
}

/** Rows that do not know the column may have no value in it, unless it is somebody else's. */
function leftDefinition(pair: Pair, name: string): string {
  const { type = '', default: standard = null, nullable } = pair.found.columns.get(name) ?? {}
  const isOthers = othersColumns(pair).includes(name)
  const target = pair.found.references.find(({ column }) => column === name)?.target
  return [
    type,
    ...(isOthers && !nullable ? ['not null'] : []),
    ...(standard === null ? [] : [`default ${standard}`]),
    ...(isOthers && target !== undefined ? [`references ${quote(target)}`] : []),
  ].join(' ')
}

/** Numbers that were given away are not given again, also where the row is gone. */
function keepNumbers(table: string, numbers: string): readonly string[] {
  const name = literal(table)
  const isThere = `exists (select 1 from sqlite_sequence where name = ${name})`
  return [
    `update sqlite_sequence set seq = max(seq, (select seq from ${numbers})) where name = ${name} and exists (select 1 from ${numbers})`,
    `insert into sqlite_sequence select ${name}, seq from ${numbers} where not ${isThere}`,
    `drop table ${numbers}`,
  ]
}
