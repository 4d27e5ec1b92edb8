// GET of one row, or 304 if the caller has its current state.

import { hash } from 'node:crypto'
import { requireReadable } from '../access/field-scopes.ts'
import { ifNoneMatchHolds } from '../http/conditional.ts'
import { Problem } from '../http/problem.ts'
import type { Operation } from '../operations/operation.ts'
import { chosenFields } from '../query/query.ts'
import type { Field } from '../resource/field.ts'
import { choose } from '../resource/row.ts'
import { selectMember } from '../store/select.ts'
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
import { visibleRows } from './visible.ts'

export function readHandler(engine: Engine, operation: Operation): Handler {
  const { model } = operation
  const table = tableOf(engine, model.name)

  return async call => {
    const [row] = await engine.store.query(
      selectMember(table, keyOf(operation, call), visibleRows(engine, operation, call)),
    )
    if (row === undefined) throw new Problem('notFound')
    if (model.hasFieldScopes) requireReadable(call.principal, model, call)
    const chosen = chosenFields(call.seen, call.parameters.fields)
    const tag = rowTag(operation, call, { row, variant: variantOf(operation, call, chosen) })
    requireMatch(call, tag)
    const headers = { ...representationFields(operation, call), etag: tag }
    if (!ifNoneMatchHolds(call.conditions.ifNoneMatch, tag))
      return { status: 304, headers, body: '' }
    const values = shownRow(call.seen, row)
    return represent(call, {
      status: 200,
      headers,
      value: chosen === undefined ? values : choose(values, chosen),
      fields: chosen ?? call.seen.shown,
    })
  }
}

/**
 * Names a representation other than the usual one, because a strong tag stands for its bytes (RFC 9110 §8.8.3.3): some
 * of the fields, or another media type.
 */
function variantOf(
  { offers }: Operation,
  { representation }: Call,
  chosen?: readonly Field[],
): string | undefined {
  const names = chosen?.map(({ name }) => name) ?? []
  const parts = representation === offers[0] ? names : [representation.type, ...names]
  return parts.length === 0 ? undefined : hash('sha256', parts.join(), 'base64url').slice(0, 8)
}
