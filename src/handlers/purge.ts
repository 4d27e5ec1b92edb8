// Deleted rows that are kept for some time are deleted for good after that. Several instances may do it at once.

import type { SqlValue } from '../resource/row.ts'
import {
  deleteExpired,
  forgetSetAside,
  selectDeletedBefore,
  selectExpired,
} from '../store/kept-rows.ts'
import type { Work } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import { type Engine, tableOf } from './engine.ts'
import { dropFromLists, setAsideReferrers } from './set-aside.ts'

/** How many rows are deleted in one transaction. */
export const purgePortion = 100

/** Deletes the first portion of what is due in each table. Returns whether there may be more. */
export async function purgeDeleted(engine: Engine): Promise<boolean> {
  let isMore = false
  for (const { name, keepFor } of engine.models) {
    if (keepFor === undefined) continue
    const before = new Date(engine.clock().getTime() - keepFor).toISOString()
    const table = tableOf(engine, name)
    const count = await engine.store.transact(() => purge(engine, table, before))
    isMore ||= count === purgePortion
  }
  return isMore
}

/** Returns how many rows were due. */
function* purge(engine: Engine, table: Table, before: string): Work<number> {
  const due = yield selectDeletedBefore(table, before, purgePortion)
  for (const [key = null] of due) yield* purgeRow(engine, table, key, before)
  const moved = yield forgetSetAside(table, before, purgePortion)
  return Math.max(due.length, moved.length)
}

/** Nothing where it is there again, or another instance has deleted it. */
function* purgeRow(engine: Engine, table: Table, key: SqlValue, before: string): Work<void> {
  const [expired] = yield selectExpired(table, key, before)
  if (expired === undefined) return
  yield* dropFromLists(engine, table, key)
  yield* setAsideReferrers(engine, table, key)
  yield deleteExpired(table, key, before)
}
