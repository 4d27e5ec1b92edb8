// Stores rows with few statements where nothing has to be done for each of them; otherwise one by one, like single rows.

import { ownerOf } from '../access/ownership.ts'
import type { Condition } from '../query/filter.ts'
import type { Model } from '../resource/model.ts'
import { type Row, type SqlValue, type Values, valuesToRow } from '../resource/row.ts'
import { selectPresent, selectPresentForShare } from '../store/links.ts'
import { plain, StoreError, type Work } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import { insertRows, portionsOf } from '../store/write.ts'
import { beforeKey, isRefusal, mayHide } from './change.ts'
import { type OnDuplicate, storeDuplicate } from './duplicates.ts'
import { tableOf } from './engine.ts'
import { newValues } from './made.ts'
import { atLine } from './refused-line.ts'
import { visibleTo } from './visible.ts'
import type { WriteContext } from './writing.ts'

/** A row that has been checked. */
export interface SentRow {
  readonly line: number
  readonly values: Values
}

/** How rows are stored, and what has become of them so far. */
export interface Storing {
  readonly context: WriteContext
  readonly table: Table
  readonly onDuplicate: OnDuplicate
  readonly counts: { created: number; replaced: number; skipped: number }
  /** Is told of each row as it is then, in the order of the lines; undefined where nobody asks. */
  readonly written: ((row: Row) => void) | undefined
}

/** Throws a `RefusedLine` for a row that is refused. */
export function* storeRows(storing: Storing, rows: readonly SentRow[]): Work<void> {
  if (storing.onDuplicate !== 'refuse' || !isPlain(storing.table.model))
    return yield* storeEach(storing, rows)
  let start = 0
  for (const size of portionsOf(storing.table, rows.length)) {
    yield* storePortion(storing, rows.slice(start, start + size))
    start += size
  }
}

/** Whether nothing has to be done for each of its rows but to store it. */
export function isPlain({ name, hooks, links, borrowed, fields }: Model): boolean {
  const { beforeWrite, afterWrite, afterCommit } = hooks
  return (
    [beforeWrite, afterWrite, afterCommit].every(hook => hook === undefined) &&
    links.length === 0 &&
    borrowed.every(({ model }) => model !== name) &&
    !fields.some(({ kind }) => kind.isHashed)
  )
}

const savepoint = plain('savepoint portion')
const rollback = plain('rollback to savepoint portion')
const release = plain('release savepoint portion')

/** Where one of the rows is refused, they are stored one by one, which finds out which one, and why. */
function* storePortion(storing: Storing, rows: readonly SentRow[]): Work<void> {
  const { context, table } = storing
  const { fields, keepDeleted } = table.model
  const stored = rows.map(({ values }) => valuesToRow(fields, newValues(context, fields, values)))
  const keys = stored.filter(([key]) => key !== null).length
  const isMixed = keys > 0 && keys < rows.length
  // A deleted row that is kept may have the key.
  if (rows.length === 1 || isMixed || (keys > 0 && keepDeleted))
    return yield* storeEach(storing, rows)
  yield savepoint
  try {
    yield* storeTogether(storing, stored)
    yield release
  } catch (error) {
    if (!isRefusal(error)) throw error
    yield rollback
    yield release
    yield* storeEach(storing, rows)
  }
}

function* storeEach(storing: Storing, rows: readonly SentRow[]): Work<void> {
  for (const { line, values } of rows)
    try {
      yield* storeOne(storing, values)
    } catch (error) {
      throw atLine(line, error)
    }
}

function* storeOne(storing: Storing, values: Values): Work<void> {
  const { context, table, onDuplicate, counts, written } = storing
  const outcome = yield* storeDuplicate(context, table, { values, onDuplicate })
  if (outcome !== undefined) {
    counts[outcome.done]++
    written?.(outcome.row)
    return
  }
  const { row } = yield* context.write(context, table, { operation: 'create', values })
  counts.created++
  written?.(row)
}

/** Throws a `StoreError` that is a refusal if one of them is refused, and then says nothing about which one. */
function* storeTogether(
  { context, table, counts, written }: Storing,
  rows: readonly (readonly SqlValue[])[],
): Work<void> {
  yield* requireTargets(context, table.model, rows)
  for (const statement of beforeKey(context, table, largestKey(rows))) yield statement
  const owner = ownerOf(context.principal)
  const inserted = yield insertRows(table, rows, { owner, whole: written !== undefined })
  if (inserted.length < rows.length) throw new StoreError('rule', 'A trigger drops such a write.')
  yield* requireSeen(context, table, inserted)
  counts.created += rows.length
  for (const row of inserted) written?.(row)
}

/** The row with the largest key: the database counts on from there. */
function largestKey(rows: readonly (readonly SqlValue[])[]): readonly SqlValue[] {
  return rows.reduce((one, other) => (Number(other[0]) > Number(one[0]) ? other : one))
}

/** The check of `requireReferences` for one row. */
function* requireTargets(
  { engine, principal }: WriteContext,
  { fields, references }: Model,
  rows: readonly (readonly SqlValue[])[],
): Work<void> {
  for (const { field, model } of references) {
    const table = tableOf(engine, model)
    const own = visibleTo(engine, principal, table.model)
    if (own.length === 0 && !table.model.keepDeleted) continue
    const index = fields.indexOf(field)
    const keys = [...new Set(rows.map(row => row[index] ?? null))].filter(key => key !== null)
    if (keys.length === 0) continue
    const present = yield selectPresentForShare(table, keys, own)
    if (present.length < keys.length) throw new StoreError('reference', `${field.name} is missing`)
  }
}

/** The check of `requireVisible` for one row. */
function* requireSeen(
  { engine, principal }: WriteContext,
  table: Table,
  inserted: readonly Row[],
): Work<void> {
  if (!mayHide(table.model)) return
  const conditions: readonly Condition[] = visibleTo(engine, principal, table.model)
  if (conditions.length === 0) return
  const keys = inserted.map(([key = null]) => key)
  const seen = yield selectPresent(table, keys, conditions)
  if (seen.length < keys.length) throw new StoreError('rule', 'A row would not be seen.')
}
