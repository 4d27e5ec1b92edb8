// New rows whose key or unique values are taken, where the sender does not want them to be refused.

import { Problem } from '../http/problem.ts'
import type { Condition } from '../query/filter.ts'
import type { Model } from '../resource/model.ts'
import { ownMember, type Row, toStored, type Values } from '../resource/row.ts'
import { selectMatchingForUpdate, selectMember } from '../store/select.ts'
import type { Work } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import { newValues } from './made.ts'
import { peersOf } from './refusal.ts'
import { replacementValues } from './update.ts'
import { visibleTo } from './visible.ts'
import type { WriteContext } from './writing.ts'

/** The treatment of a row whose key or unique values are taken. */
export type OnDuplicate = 'refuse' | 'skip' | 'replace'

interface Duplicate {
  readonly values: Values
  readonly onDuplicate: OnDuplicate
}

/** The outcome for a row, and the row as it is then. */
interface Done {
  readonly done: 'replaced' | 'skipped'
  readonly row: Row
}

/**
 * Leaves the row out, or puts it in the place of the one that has its values. Gives nothing where they are not taken, or by a
 * row that the caller does not see.
 */
export function* storeDuplicate(
  context: WriteContext,
  table: Table,
  { values, onDuplicate }: Duplicate,
): Work<Done | undefined> {
  if (onDuplicate === 'refuse') return undefined
  const taken = yield* findTaken(context, table, values)
  if (taken === undefined || !(yield* isSeen(context, table, taken))) return undefined
  if (onDuplicate === 'skip') return { done: 'skipped', row: taken }
  const { row } = yield* context.write(context, table, {
    operation: 'replace',
    current: taken,
    values: replacing(context, table.model, taken, values),
  })
  return { done: 'replaced', row }
}

/** A change that a PUT would refuse because of the stored row, such as another value of a fixed member, is a conflict here. */
function replacing({ principal }: WriteContext, model: Model, taken: Row, sent: Values): Values {
  try {
    return replacementValues(model, principal, taken, sent)
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== 'invalidBody') throw error
    const detail = `It cannot replace the ${model.singular} that has its values.`
    throw new Problem('conflict', { detail, errors: error.errors ?? [] })
  }
}

/** The row that has the key or unique values, locked. */
function* findTaken(context: WriteContext, table: Table, sent: Values): Work<Row | undefined> {
  const { key, unique, fields } = table.model
  const values = newValues(context, fields, sent)
  const { principal } = context
  const peers = peersOf(table.model, { values, replaces: false, principal })
  const sets = unique.map(names => ({ names, among: peers }))
  for (const { names, among } of [{ names: [key.name], among: [] }, ...sets]) {
    const same = sameValues(table.model, names, values)
    if (same === undefined) continue
    const [row] = yield selectMatchingForUpdate(table, [...same, ...among])
    if (row !== undefined) return row
  }
  return undefined
}

/** The conditions for a row with these values; nothing where one of them is null, which no other row has. */
function sameValues(
  { fields }: Model,
  names: readonly string[],
  values: Values,
): readonly Condition[] | undefined {
  const conditions = fields
    .filter(({ name }) => names.includes(name))
    .map(field => ({
      field,
      operator: 'eq' as const,
      values: [toStored(field, ownMember(values, field.name))],
    }))
  return conditions.some(({ values: [value] }) => value === null) ? undefined : conditions
}

function* isSeen({ engine, principal }: WriteContext, table: Table, row: Row): Work<boolean> {
  const conditions = visibleTo(engine, principal, table.model)
  if (conditions.length === 0) return true
  const [seen] = yield selectMember(table, row[0] ?? null, conditions)
  return seen !== undefined
}
