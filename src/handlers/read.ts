// GET of one row, or 304 if the caller has its current state.

import { hash } from 'node:crypto'
import { requireReadable } from '../access/field-scopes.ts'
import { ifNoneMatchHolds } from '../http/conditional.ts'
import { Problem } from '../http/problem.ts'
import type { OperationOf } from '../operations/operation.ts'
import { chosenIncludes } from '../query/include.ts'
import { chosenFields } from '../query/query.ts'
import type { Field } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import { choose, type Row, type Values } from '../resource/row.ts'
import { selectMember } from '../store/select.ts'
import type { Statement, Work } from '../store/store.ts'
import {
  type Call,
  type Handler,
  keyOf,
  represent,
  representationFields,
  requireMatch,
  rowTag,
  shownRow,
} from './call.ts'
import { type Engine, tableOf } from './engine.ts'
import { canBeLarge, inclusionsOf, readIncluded } from './included.ts'
import { visibleRows } from './visible.ts'

export function readHandler(engine: Engine, operation: OperationOf<'read'>): Handler {
  const { model } = operation
  const table = tableOf(engine, model.name)

  return async call => {
    const visible = visibleRows(engine, operation, call)
    const statement = selectMember(table, keyOf(operation, call), visible)
    const { row, included }: Found =
      call.parameters.include === undefined
        ? { row: (await engine.store.query(statement))[0] }
        : await findWithIncluded(engine, model, call, statement)
    if (row === undefined) throw new Problem('notFound')
    if (model.hasFieldScopes) requireReadable(call.principal, model, call)
    const chosen = chosenFields(call.seen, call.parameters.fields)
    const variant = variantOf(operation, call, chosen)
    const tag = rowTag(operation, call, { row, variant, included })
    requireMatch(call, tag)
    const headers = {
      ...representationFields(operation, call),
      ...retryFields(operation, row),
      etag: tag,
    }
    if (!ifNoneMatchHolds(call.conditions.ifNoneMatch, tag))
      return { status: 304, headers, body: '' }
    const values = shownRow(call.seen, row)
    const own = chosen === undefined ? values : choose(values, chosen)
    return represent(call, {
      status: 200,
      headers,
      value: included === undefined ? own : { ...own, ...included },
      fields: chosen ?? call.seen.shown,
    })
  }
}

function retryFields(
  { model, retryAfter }: OperationOf<'read'>,
  row: Row,
): Readonly<Record<string, string>> {
  const seconds = retryAfter?.(model, row)
  return seconds === undefined ? {} : { 'retry-after': String(seconds) }
}

/** A row, and what is included with it, in one state of the database. */
interface Found {
  readonly row?: Row | undefined
  readonly included?: Values | undefined
}

async function findWithIncluded(
  engine: Engine,
  model: Model,
  call: Call,
  statement: Statement,
): Promise<Found> {
  const includes = chosenIncludes(model, call.parameters.include)
  const inclusions = inclusionsOf(engine, call, includes)
  if (canBeLarge(inclusions, 1)) await call.makeRoom()
  return engine.store.read(function* (): Work<Found> {
    const [row] = yield statement
    if (row === undefined) return {}
    const including = { model, rows: [row], columns: model.fields, shown: 1 }
    const { membersOf } = yield* readIncluded(inclusions, including)
    return { row, included: membersOf(row) }
  })
}

/**
 * Names a representation other than the usual one, because a strong tag stands for its bytes (RFC 9110 §8.8.3.3): some
 * of the fields, or another media type.
 */
function variantOf(
  { offers }: OperationOf<'read'>,
  { representation }: Call,
  chosen?: readonly Field[],
): string | undefined {
  const names = chosen?.map(({ name }) => name) ?? []
  const parts = representation === offers[0] ? names : [representation.type, ...names]
  return parts.length === 0 ? undefined : hash('sha256', parts.join(), 'base64url').slice(0, 8)
}
