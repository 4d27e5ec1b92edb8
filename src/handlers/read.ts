// GET of a member: one row, or 304 for a caller that has it.

import { hash } from 'node:crypto'
import { ifNoneMatchHolds } from '../http/conditional.ts'
import { Problem } from '../http/problem.ts'
import type { Operation } from '../operations/operation.ts'
import { chosenFields } from '../query/query.ts'
import type { Field } from '../resource/field.ts'
import { rowToValues, type Values } from '../resource/row.ts'
import { selectMember } from '../store/select.ts'
import { type Handler, jsonContent, keyOf, representationFields, requireMatch, rowTag, visibleRows } from './call.ts'
import { type Engine, tableOf } from './engine.ts'

export function readHandler(engine: Engine, operation: Operation): Handler {
  const { model } = operation
  const table = tableOf(engine, model.name)

  return async call => {
    const [row] = await engine.store.query(selectMember(table, keyOf(operation, call), visibleRows(operation, call)))
    if (row === undefined) throw new Problem('notFound')
    const chosen = chosenFields(model, call.parameters.fields)
    const tag = rowTag(row, chosen && variantOf(chosen))
    requireMatch(call, tag)
    const fields = representationFields(operation, call)
    if (!ifNoneMatchHolds(call.conditions.ifNoneMatch, tag))
      return { status: 304, headers: { ...fields, etag: tag }, body: '' }
    const values = rowToValues(model.fields, row)
    return {
      status: 200,
      headers: { ...fields, etag: tag, 'content-type': jsonContent },
      body: JSON.stringify(chosen === undefined ? values : choose(values, chosen)),
    }
  }
}

function choose(values: Values, fields: readonly Field[]): Values {
  return Object.fromEntries(fields.map(({ name }) => [name, values[name] ?? null]))
}

/** Names a choice of fields, which is a representation of its own (RFC 9110 §8.8.3.3). */
function variantOf(fields: readonly Field[]): string {
  return hash('sha256', fields.map(({ name }) => name).join(), 'base64url').slice(0, 8)
}
