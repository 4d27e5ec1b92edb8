// Which rows a caller sees: its own where rows have owners, and those that the definition's `visible` lets it see. It is
// always a condition in SQL, in every statement that reads for a caller.

import { type Principal, seesAll } from '../access/access.ts'
import { ownRows } from '../access/ownership.ts'
import { Problem } from '../http/problem.ts'
import type { Operation } from '../operations/operation.ts'
import type { Condition } from '../query/filter.ts'
import { CodeFault } from '../resource/code-fault.ts'
import { withArticle } from '../resource/english.ts'
import type { Model } from '../resource/model.ts'
import type { Row, SqlValue } from '../resource/row.ts'
import { isSql, type Sql, sql } from '../resource/sql.ts'
import { selectMember } from '../store/select.ts'
import { StoreError, type Work } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import { type Call, type Handler, keyOf, parentKey, rowsBelow } from './call.ts'
import { type Engine, tableOf } from './engine.ts'
import { toOwnFilters, type Wanted } from './own-query.ts'
import type { WriteContext } from './writing.ts'

const option = 'the option visible'

const all: readonly Condition[] = []
const none: readonly Condition[] = [{ sql: sql`0 = 1` }]

/** The conditions for the rows that the caller sees; no condition where it sees all. Throws a `CodeFault`. */
export function visibleTo(
  engine: Engine,
  principal: Principal,
  model: Model,
): readonly Condition[] {
  const { visible, owner } = model
  if ((visible === undefined && !owner) || seesAll(principal, model.name)) return all
  const own = ownRows(principal, model)
  if (visible === undefined) return own
  if (typeof visible === 'function') return [...own, ...codeToConditions(model, principal)]
  const target = tableOf(engine, visible.model).model
  const fulfils = visibleTo(engine, principal, target)
  return fulfils.length === 0 ? own : [...own, { reference: visible.field, target, fulfils }]
}

/** A mistake in the code, or in the value that it returns, is its fault: nobody sees more because of it. */
function codeToConditions(model: Model, principal: Principal): readonly Condition[] {
  try {
    const { visible } = model as { readonly visible: (caller: Principal) => unknown }
    return toConditions(model, visible(principal))
  } catch (error) {
    throw new CodeFault(option, model.file, error)
  }
}

function toConditions(model: Model, wanted: unknown): readonly Condition[] {
  if (wanted === true) return all
  if (wanted === false) return none
  if (isSql(wanted)) return [{ sql: bindable(wanted) }]
  if (!isFilters(wanted))
    throw new Error(
      `it returned ${JSON.stringify(wanted)}; return filters such as { customer_id: 3 }, sql\`…\`, true for every row, or false for none`,
    )
  const isImpossible = Object.values(wanted).some(value => [value ?? []].flat().length === 0)
  if (isImpossible) return none
  const filters = toOwnFilters(model, wanted)
  if (filters.length === Object.keys(wanted).length) return filters
  throw new Error('it returned sort or limit, which are no filters')
}

/** An object without a filter would show everything, which only `true` may say. */
function isFilters(value: unknown): value is Wanted {
  if (typeof value !== 'object' || value === null) return false
  return Object.getPrototypeOf(value) === Object.prototype && Object.keys(value).length > 0
}

/** A claim that the caller lacks is null, which is equal to nothing. */
function bindable({ text, values }: Sql): Sql {
  const bound = values.map(value => value ?? null)
  const wrong = bound.find(value => value !== null && typeof value === 'object')
  if (wrong === undefined) return { text, values: bound }
  throw new Error(`its SQL has the value ${JSON.stringify(wrong)}; give each value by itself`)
}

/** The same handler; where SQL of a definition is in its statements, what the database cannot do is the fault of that. */
export function blamingVisible(
  engine: Engine,
  { model, parent }: Pick<Operation, 'model' | 'parent'>,
  handler: Handler,
): Handler {
  const included = model.includes.flatMap(include => [include, ...include.nested])
  const referred = [...model.references, ...included].map(({ model }) => model)
  const related = new Set([model.name, ...(parent ? [parent.model] : []), ...referred])
  const files = [...related]
    .map(name => tableOf(engine, name).model)
    .filter(({ visible }) => typeof visible === 'function')
    .map(({ file }) => file)
  if (files.length === 0) return handler
  return async call => {
    try {
      return await handler(call)
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'fault') throw error
      throw new CodeFault(option, files.join(' or '), error)
    }
  }
}

/** The conditions for the rows that an address reaches: those below its parent that the caller sees. */
export function visibleRows(
  engine: Engine,
  operation: Operation,
  call: Call,
): readonly Condition[] {
  const seen = visibleTo(engine, call.principal, operation.model)
  return operation.parent === undefined ? seen : [...rowsBelow(operation, call), ...seen]
}

/** Whether the caller sees the parent that the address names; true for an address without a parent. */
export async function hasParent(
  engine: Engine,
  { parent }: Operation,
  call: Pick<Call, 'principal' | 'keys'>,
): Promise<boolean> {
  if (parent === undefined) return true
  const table = tableOf(engine, parent.model)
  const seen = visibleTo(engine, call.principal, table.model)
  const found = await engine.store.query(selectMember(table, parentKey(parent, call), seen))
  return found.length > 0
}

export async function requireParent(
  engine: Engine,
  operation: Operation,
  call: Call,
): Promise<void> {
  if (!(await hasParent(engine, operation, call))) throw new Problem('notFound')
}

/** 403 for a row that its caller has written and would not see. What code of the service writes is its own affair. */
export function* requireVisible(
  { engine, principal, askedBy }: WriteContext,
  table: Table,
  row: Row,
): Work<void> {
  if (askedBy.length > 0) return
  const { model } = table
  const conditions = visibleTo(engine, principal, model)
  if (conditions.length === 0) return
  const [seen] = yield selectMember(table, row[0] ?? null, conditions)
  if (seen === undefined) throw outOfSight(model)
}

/** Refuses a repeated request whose row the caller sees no longer. `created`: the address of the row, if it was made then. */
export function* requireSeenAgain(
  engine: Engine,
  operation: Operation,
  call: Call,
  created: string | undefined,
): Work<void> {
  const { model } = operation
  const table = tableOf(engine, model.name)
  const isNamed = Object.hasOwn(call.keys, model.key.name)
  const key = isNamed ? keyOf(operation, call) : keyIn(model, created)
  const conditions = visibleTo(engine, call.principal, model)
  if (key === undefined || conditions.length === 0) return
  const [present] = yield selectMember(table, key)
  const [seen] = yield selectMember(table, key, conditions)
  if (present === undefined || seen !== undefined) return
  throw isNamed ? new Problem('notFound') : outOfSight(model)
}

function keyIn({ key }: Model, address: string | undefined): SqlValue | undefined {
  const text = address?.split('/').at(-1)
  if (text === undefined) return undefined
  return key.kind.isText ? decodeURIComponent(text) : Number(text)
}

function outOfSight({ singular }: Model): Problem {
  return new Problem('forbidden', {
    detail: `The credentials do not allow ${withArticle(singular)} like this: you would not see it.`,
  })
}
