// Deleted rows that are kept move out of their table where something else takes their key, or what they refer to goes.

import { columnOf } from '../resource/field.ts'
import type { SqlValue } from '../resource/row.ts'
import { selectDeleted, setAside } from '../store/kept-rows.ts'
import { dropFromDeleted } from '../store/links.ts'
import type { Work } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import { type Engine, tableOf } from './engine.ts'
import { linkersOf, referrersOf } from './referrers.ts'

/** Moves the deleted rows with this value in the column, after the deleted rows that refer to them. */
export function* setAsideRows(
  engine: Engine,
  table: Table,
  column: string,
  value: SqlValue,
  above: readonly string[] = [],
): Work<void> {
  if (!table.model.keepDeleted) return
  if (keptReferrers(engine, table).length + keptLinkers(engine, table).length > 0)
    for (const [key = null] of yield selectDeleted(table, column, value)) {
      const name = JSON.stringify([table.name, key])
      if (above.includes(name)) continue
      yield* dropFromLists(engine, table, key)
      yield* setAsideReferrers(engine, table, key, [...above, name])
    }
  yield* setAside(table, column, value)
}

/** Moves the deleted rows that refer to a row. */
export function* setAsideReferrers(
  engine: Engine,
  table: Table,
  key: SqlValue,
  above: readonly string[] = [],
): Work<void> {
  for (const { from, field } of keptReferrers(engine, table))
    yield* setAsideRows(engine, tableOf(engine, from.name), columnOf(field), key, above)
}

/** Takes the key of a row from the lists of deleted rows, which would hold it. */
export function* dropFromLists(engine: Engine, table: Table, key: SqlValue): Work<void> {
  for (const linker of keptLinkers(engine, table))
    yield dropFromDeleted(tableOf(engine, linker.from.name), linker, key)
}

function keptLinkers(engine: Engine, { model }: Table) {
  return linkersOf(engine, model).filter(({ from }) => from.keepDeleted)
}

function keptReferrers(engine: Engine, { model }: Table) {
  return referrersOf(engine, model).filter(({ from }) => from.keepDeleted)
}
