// The rows that refer to a deleted row are treated by the `onDelete` of their references. Each is written like
// any other row: with hooks and a revision, and kept where deleted rows are. Whose rows they are makes no difference.

import type { Reference } from '../resource/model.ts'
import { fromStored, type Row, rowToValues, type SqlValue } from '../resource/row.ts'
import { selectForUpdate, selectReferring } from '../store/select.ts'
import { StoreError, type Work } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import { setColumn } from '../store/write.ts'
import { tableOf } from './engine.ts'
import { maxCascade, type Referrer, referrersOf, requireFew } from './referrers.ts'
import { RefusedWrite } from './refusal.ts'
import type { WriteContext } from './writing.ts'

/** With how many keys one statement looks for rows. */
const portion = 500

/** A row that is deleted, or changed, with another one. */
interface Affected {
  readonly table: Table
  readonly key: SqlValue
  /** The table that it refers to. */
  readonly references: readonly { readonly reference: Reference; readonly to: SqlValue }[]
}

/** The rows that go with one, itself first, and those that lose a reference. */
interface Plan {
  readonly going: ReadonlyMap<string, Affected>
  readonly losing: readonly (Affected & { readonly by: Reference })[]
}

/**
 * Before a row is deleted: the rows that refer to it lose the reference or go, too. Returns those that go after it, because
 * it refers to them.
 */
export function* releaseReferrers(
  context: WriteContext,
  table: Table,
  current: Row,
): Work<readonly Affected[]> {
  const { engine } = context
  const mayMatter = ({ onDelete }: Referrer) => onDelete !== 'refuse' || table.model.keepDeleted
  if (!referrersOf(engine, table.model).some(mayMatter)) return []
  const { going, losing } = yield* plan(context, table, current)
  for (const { by, ...row } of losing)
    if (!going.has(nameOf(row))) yield* loseReference(context, row, by)
  const order = inOrder(going)
  yield* breakCircles(order, going)
  const [first] = going.values()
  const position = order.indexOf(first as Affected)
  for (const row of order.slice(0, position)) yield* remove(context, row)
  return order.slice(position + 1)
}

/** Deletes a row that goes with another. A hook may have deleted it meanwhile. */
export function* remove(context: WriteContext, { table, key }: Affected): Work<void> {
  const [current] = yield selectForUpdate(table, key)
  if (current !== undefined)
    yield* context.write(nested(context, table), table, {
      operation: 'delete',
      current,
      isReleased: true,
    })
}

function* loseReference(
  context: WriteContext,
  { table, key }: Affected,
  { field }: Reference,
): Work<void> {
  const [current] = yield selectForUpdate(table, key)
  if (current === undefined) return
  const values = { ...rowToValues(table.model.fields, current), [field.name]: null }
  yield* context.write(nested(context, table), table, { operation: 'update', current, values })
}

/** The caller has asked for the first row alone. */
function nested(context: WriteContext, { model }: Table): WriteContext {
  return { ...context, askedBy: [...context.askedBy, model.name] }
}

function* plan(context: WriteContext, table: Table, current: Row): Work<Plan> {
  const first = toAffected(table, current)
  const going = new Map([[nameOf(first), first]])
  const losing: (Affected & { by: Reference })[] = []
  const holding: (Affected & { held: Affected })[] = []
  let level = [first]
  while (level.length > 0) {
    const next: Affected[] = []
    for (const [target, rows] of Map.groupBy(level, row => row.table))
      for (const referrer of referrersOf(context.engine, target.model)) {
        // The database itself holds references to resources that keep no deleted rows.
        if (referrer.onDelete === 'refuse' && !target.model.keepDeleted) continue
        for (const found of yield* findReferring(context, referrer, rows)) {
          if (referrer.onDelete === 'null') losing.push({ ...found, by: referrer })
          else if (referrer.onDelete === 'refuse')
            holding.push({ ...found, held: heldBy(found, referrer, rows) })
          else if (!going.has(nameOf(found))) {
            going.set(nameOf(found), found)
            next.push(found)
          }
        }
      }
    requireFew(going.size + losing.length + holding.length)
    level = next
  }
  const holder = holding.find(row => !going.has(nameOf(row)))
  if (holder !== undefined) throw refused(context, holder.held)
  return { going, losing }
}

function* findReferring(
  { engine }: WriteContext,
  { from, field }: Referrer,
  rows: readonly Affected[],
): Work<readonly Affected[]> {
  const table = tableOf(engine, from.name)
  const found: Affected[] = []
  for (let start = 0; start < rows.length && found.length <= maxCascade; start += portion) {
    const keys = rows.slice(start, start + portion).map(({ key }) => key)
    for (const row of yield selectReferring(table, field, keys, maxCascade + 1))
      found.push(toReferring(table, row))
  }
  return found
}

function toAffected(table: Table, row: Row): Affected {
  const { fields, references } = table.model
  const values = [null, ...references.map(({ field }) => row[fields.indexOf(field)] ?? null)]
  return toReferring(table, [row[0] ?? null, ...values.slice(1)])
}

/** A row of `selectReferring`. */
function toReferring(table: Table, [key = null, ...to]: Row): Affected {
  const { references } = table.model
  return {
    table,
    key,
    references: references.map((reference, index) => ({ reference, to: to[index] ?? null })),
  }
}

function nameOf({ table, key }: Pick<Affected, 'table' | 'key'>): string {
  return JSON.stringify([table.model.name, key])
}

function heldBy(row: Affected, { field }: Referrer, rows: readonly Affected[]): Affected {
  const to = row.references.find(({ reference }) => reference.field === field)?.to
  return rows.find(({ key }) => key === to) ?? row
}

/** The refusal that the database gives where deleted rows are not kept. */
function refused({ askedBy, now, principal: caller }: WriteContext, { table, key }: Affected) {
  const { model } = table
  const before = { [model.key.name]: fromStored(model.key, key) }
  const cause = new StoreError('reference', `rows refer to a row of ${model.name}`)
  const change = { operation: 'delete', now, caller, before } as const
  return new RefusedWrite(model, change, cause, askedBy.length > 0)
}

/** Each row before those that it must refer to, else the farthest first. */
function inOrder(going: Plan['going']): readonly Affected[] {
  const rows = [...going.values()].reverse()
  const needing = Map.groupBy(
    rows.flatMap(row =>
      targets(row, going)
        .filter(({ reference }) => !reference.field.nullable)
        .map(({ target }) => ({ row, target })),
    ),
    ({ target }) => target,
  )
  const ordered = new Set<Affected>()
  const begun = new Set<Affected>()
  const place = (row: Affected): void => {
    if (begun.has(row)) return
    begun.add(row)
    for (const { row: other } of needing.get(row) ?? []) place(other)
    ordered.add(row)
  }
  for (const row of rows) place(row)
  return [...ordered]
}

function targets({ references }: Affected, going: Plan['going']) {
  return references.flatMap(({ reference, to }) => {
    const target = going.get(JSON.stringify([reference.model, to]))
    return to === null || target === undefined ? [] : [{ reference, target }]
  })
}

/** A row that refers to one that goes before it lets go of it. It goes itself, so nobody sees that. */
function* breakCircles(order: readonly Affected[], going: Plan['going']): Work<void> {
  const position = new Map(order.map((row, index) => [row, index]))
  for (const row of order)
    for (const { reference, target } of targets(row, going))
      if (reference.field.nullable && (position.get(target) ?? 0) < (position.get(row) ?? 0))
        yield setColumn(row.table, reference.field, { key: row.key, value: null })
}
