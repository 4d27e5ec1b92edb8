// Drops that a file must not make itself: PostgreSQL drops the indexes and checks of a column with it, and SQLite refuses to.

import { isOwnName } from '../column.ts'
import { type Dialect, quote, type Work } from '../store.ts'
import { type ActualTable, isHeld, readCatalog } from './catalog.ts'
import { dropsIn } from './undo.ts'

/** The SQL that drops them before a file is run that drops the column; what the file names, it drops itself. */
export function* freeDropped(dialect: Dialect, sql: string): Work<readonly string[]> {
  const columns = dropsIn(sql).filter(name => name.includes('.'))
  if (dialect.altersTables || columns.length === 0) return []
  const catalog = yield* readCatalog(dialect)
  const drops = columns.flatMap(at => {
    const [name = '', column = ''] = at.split('.')
    const found = catalog.get(name)
    return found?.columns.has(column) ? freeColumn(name, found, column) : []
  })
  const left = drops.filter(({ name }) => !sql.includes(name))
  return [...new Set(left.map(({ text }) => text))]
}

/** An index or a check, and the SQL that drops it. */
interface Drop {
  readonly name: string
  readonly text: string
}

function freeColumn(table: string, found: ActualTable, column: string): readonly Drop[] {
  const checks = [...found.constraints.keys()].filter(
    name => isOwnName(name) && name.endsWith('_check') && isHeld(found, name, column),
  )
  const indexes = [...found.indexes].filter(
    ([name, { columns, statements }]) =>
      columns.includes(column) ||
      (isOwnName(name) && statements.some(sql => sql.includes(quote(column)))),
  )
  return [
    ...indexes.flatMap(([name, { drop = [`drop index ${quote(name)}`] }]) =>
      drop.map(text => ({ name, text })),
    ),
    ...checks.map(name => ({
      name,
      text: `alter table ${quote(table)} drop constraint ${quote(name)}`,
    })),
  ]
}
