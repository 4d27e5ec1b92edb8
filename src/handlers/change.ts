// Every write of a row: its hooks, its statements, and the refusal by a constraint.

import type { Principal } from '../access/access.ts'
import { ownerOf } from '../access/ownership.ts'
import type { Condition } from '../query/filter.ts'
import { columnOf } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import { ownerFieldOf } from '../resource/owner.ts'
import type { Change } from '../resource/resource.ts'
import { type Row, rowToValues, type SqlValue, type Values, valuesToRow } from '../resource/row.ts'
import { selectForUpdate, selectMember } from '../store/select.ts'
import { type Statement, StoreError, type StoreErrorCode, type Work } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import { beforeInsert, deleteRow, insertRow, restoreRow, updateRow } from '../store/write.ts'
import type { Call } from './call.ts'
import { releaseReferrers, remove } from './cascade.ts'
import type { Engine } from './engine.ts'
import { afterWrite, beforeWrite } from './hooks.ts'
import { releaseLists, requireKeys, storeLists } from './lists.ts'
import { changedValues, newValues } from './made.ts'
import { RefusedWrite, requireReferences } from './refusal.ts'
import { setAsideReferrers, setAsideRows } from './set-aside.ts'
import { requireVisible } from './visible.ts'
import type { Write, WriteContext, Written } from './writing.ts'

/** The context of a caller's own write. */
export function writeContext(engine: Engine, principal: Principal): WriteContext {
  return { engine, principal, now: engine.clock(), askedBy: [], journal: [], write }
}

/** The same where the caller asks for one write, and nothing is kept for a repetition. */
export function callContext(
  engine: Engine,
  { principal, idempotencyKey }: Pick<Call, 'principal' | 'idempotencyKey'>,
): WriteContext {
  return { ...writeContext(engine, principal), isAlone: idempotencyKey === undefined }
}

/** Selects the row that is about to change. It is locked unless its revision alone says whether it may. */
export function selectToChange(
  context: WriteContext,
  table: Table,
  key: SqlValue,
  visible: readonly Condition[],
): Statement {
  const locked = selectForUpdate(table, key, visible)
  if (!endsWithRow(context, table.model)) return locked
  return { ...locked, unlocked: selectMember(table, key, visible) }
}

/** Whether nothing is to be done once the row is stored, and nothing can fail any more. */
export function endsWithRow({ isAlone = false, askedBy }: WriteContext, model: Model): boolean {
  return (
    isAlone &&
    askedBy.length === 0 &&
    model.hooks.afterWrite === undefined &&
    model.links.length + model.computed.length === 0 &&
    !borrowsOwn(model) &&
    !mayHide(model)
  )
}

/**
 * Writes one row. Throws a `RefusedWrite` where the database refuses the row, and otherwise what the hook or the store
 * throws: a full disk is no refusal.
 */
export function* write(context: WriteContext, table: Table, request: Write): Work<Written> {
  const { model } = table
  let change = toChange(context, model, request)
  try {
    yield* requireReferences(context, model, change)
    yield* requireKeys(context, model, change)
    const keyIsFixed = request.operation !== 'create' || request.atAddress === true
    change = withAfter(change, yield* beforeWrite(context, model, change, keyIsFixed))
    const after =
      change.after &&
      context.engine.passwords.hashed(model.fields, change.after, storedValues(model, request))
    const later = isFirstDeleted(request)
      ? yield* releaseReferrers(context, table, request.current)
      : []
    if (request.operation === 'delete') yield* releaseLists(context, table, request.current)
    const last = later.length === 0 && endsWithRow(context, model)
    const stored = yield* store(context, table, request, { after, last })
    const row = borrowsOwn(model) ? yield* again(table, stored) : stored
    for (const other of later) yield* remove(context, other)
    change = withAfter(change, rowToValues(model.fields, row))
    context.journal.push(model.hooks.afterCommit && { model, change })
    const hasWritten = yield* afterWrite(context, model, change)
    const written = hasWritten ? yield* again(table, row) : row
    if (change.after && mayHide(model)) yield* requireVisible(context, table, written)
    return { row: written, change }
  } catch (error) {
    if (!isRefusal(error)) throw error
    throw new RefusedWrite(model, change, error, context.askedBy.length > 0)
  }
}

function isFirstDeleted(request: Write): request is Extract<Write, { operation: 'delete' }> {
  return request.operation === 'delete' && request.isReleased !== true
}

/** Whether a row may show a value of its own as that of another row, which it has only once it is stored. */
function borrowsOwn({ name, borrowed }: Model): boolean {
  return borrowed.length > 0 && borrowed.some(({ model }) => model === name)
}

/** Whether a row may be written that its caller does not see then. */
export function mayHide(model: Model): boolean {
  return model.visible !== undefined || (model.owner && ownerFieldOf(model) !== undefined)
}

/** The row as it is after what a hook has written; a row that is gone is as it was. */
function* again(table: Table, row: Row): Work<Row> {
  const [now = row] = yield selectMember(table, row[0] ?? null)
  return now
}

const refusals: readonly StoreErrorCode[] = ['unique', 'reference', 'rule', 'value', 'tooLarge']

/** Whether the database refuses this row, and can do its work otherwise. */
export function isRefusal(error: unknown): error is StoreError {
  return error instanceof StoreError && refusals.includes(error.code)
}

/** The same change with another row `after` it; a deletion has none. */
function withAfter(change: Change<Values>, after: Values): Change<Values> {
  return change.operation === 'delete' ? change : { ...change, after }
}

function toChange(context: WriteContext, model: Model, request: Write): Change<Values> {
  const { operation } = request
  const { now, principal: caller } = context
  if (operation === 'create')
    return { operation, now, caller, after: newValues(context, model.fields, request.values) }
  const before = rowToValues(model.fields, request.current)
  if (operation === 'delete') return { operation, now, caller, before }
  const after = changedValues(context, model.fields, request.values)
  return operation === 'restore'
    ? { operation, now, caller, after }
    : { operation, now, caller, before, after }
}

/** The row as it is stored, where there is one: a deleted one, too. */
function storedValues({ fields }: Model, request: Write): Values | undefined {
  return request.operation === 'create' ? undefined : rowToValues(fields, request.current)
}

function* store(
  context: WriteContext,
  table: Table,
  request: Write,
  { after = {}, last }: { readonly after: Values | undefined; readonly last: boolean },
): Work<Row> {
  const { engine, principal, now } = context
  const { key, fields, name } = table.model
  const values = valuesToRow(fields, after)
  if (request.operation === 'create') {
    for (const statement of beforeKey(context, table, values)) yield statement
    if (values[0] !== null) yield* setAsideRows(engine, table, columnOf(key), values[0] ?? null)
    const [row] = yield { ...insertRow(table, values, ownerOf(principal)), last }
    return yield* storeLists(engine, table, requireRow(name, row), after)
  }
  const revision = request.current.at(-1) ?? null
  if (request.operation === 'delete') {
    const deleted = request.current[fields.indexOf(key)] ?? null
    if (!table.model.keepDeleted) yield* setAsideReferrers(engine, table, deleted)
    yield { ...deleteRow(table, deleted, revision, now), last }
    return request.current
  }
  const changed = request.operation === 'restore' ? restoreRow : updateRow
  const [row] = yield { ...changed(table, values, revision), last }
  return yield* storeLists(engine, table, requireRow(name, row), after)
}

/** The statements before a row with this key, if the database counts the keys. */
export function beforeKey(
  { keysPassed }: WriteContext,
  table: Table,
  row: readonly SqlValue[],
): readonly Statement[] {
  const isPassed = keysPassed?.model === table.model.name && Number(row[0] ?? 0) <= keysPassed.upTo
  return isPassed ? [] : beforeInsert(table, row)
}

function requireRow(name: string, row: Row | undefined): Row {
  if (row !== undefined) return row
  throw new StoreError('rule', `A trigger on ${name} in the database drops such a write.`)
}
