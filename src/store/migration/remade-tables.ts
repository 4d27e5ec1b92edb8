// On SQLite a file of `migrate new` makes a table anew that gets another key, with the columns that were known when it was
// written. Those that came before or after it elsewhere are put back with their values.

import { type Dialect, plain, quote, type Work } from '../store.ts'
import { type ActualTable, readCatalog } from './catalog.ts'
import { dropsIn } from './undo.ts'

/** Sets aside what a file leaves out; gives the SQL that puts it back once the file has been run. */
export function* setAside(dialect: Dialect, sql: string): Work<readonly string[]> {
  const dropped = dropsIn(sql)
  if (dialect.altersTables || dropped.length === 0) return []
  const catalog = yield* readCatalog(dialect)
  const after: string[] = []
  for (const name of dropped) {
    const found = catalog.get(name)
    const omitted = found === undefined ? [] : omittedColumns(sql, name, found)
    const [key] = found?.key ?? []
    if (found === undefined || key === undefined || omitted.length === 0) continue
    const columns = [...new Set([key, ...omitted])].map(quote).join(', ')
    yield plain(`create table ${quote(copyOf(name))} as select ${columns} from ${quote(name)}`)
    after.push(
      ...putBack(name, key, new Map(omitted.map(column => [column, typeOf(found, column)]))),
    )
  }
  return after
}

/** The columns that are neither made again, nor dropped or renamed by the file; none where the table is not made again. */
function omittedColumns(
  sql: string,
  table: string,
  { columns, key }: ActualTable,
): readonly string[] {
  const start = sql.indexOf(`create table ${quote(table)} (\n`)
  if (start < 0) return []
  const made = sql.slice(start, sql.indexOf('\n)', start))
  const isMade = (column: string) => made.includes(`\n  ${quote(column)} `)
  if (!key.every(isMade)) return []
  return [...columns.keys()].filter(
    column =>
      !isMade(column) &&
      !dropsIn(sql).includes(`${table}.${column}`) &&
      !sql.includes(`rename column ${quote(column)} to `),
  )
}

function typeOf({ columns }: ActualTable, column: string): string {
  return columns.get(column)?.type ?? ''
}

function putBack(
  table: string,
  key: string,
  types: ReadonlyMap<string, string>,
): readonly string[] {
  const [name, copy] = [quote(table), quote(copyOf(table))]
  const sameRow = `${copy}.${quote(key)} = ${name}.${quote(key)}`
  const values = [...types.keys()].map(
    column => `${quote(column)} = (select ${quote(column)} from ${copy} where ${sameRow})`,
  )
  return [
    ...[...types].map(
      ([column, type]) => `alter table ${name} add column ${quote(column)} ${type}`,
    ),
    `create index ${quote(`${copyOf(table)}_key`)} on ${copy} (${quote(key)})`,
    `update ${name} set ${values.join(', ')}`,
    `drop table ${copy}`,
  ]
}

/** A name that no resource has. */
function copyOf(table: string): string {
  return `_left_${table}`
}
