// GET of a member: one row, or 304 for a caller that has it.

import { hash } from 'node:crypto'
import type { RouteHandlerMethod } from 'fastify'
import { json } from '../http/actions.ts'
import { ifNoneMatchHolds } from '../http/conditional.ts'
import type { Operation } from '../http/operations.ts'
import { Problem } from '../http/problem.ts'
import { chosenFields } from '../query/query.ts'
import type { Field } from '../resource/field.ts'
import { rowToValues, type Values } from '../resource/row.ts'
import { selectMember } from '../store/select.ts'
import { applyPreferences, cacheFields, type Engine, keyOf, rowTag, scopeOf, tableOf } from './engine.ts'

export function readHandler(engine: Engine, operation: Operation): RouteHandlerMethod {
  const { model } = operation
  const table = tableOf(engine, model.name)

  return async (request, reply) => {
    const member = selectMember(table, keyOf(operation, request), scopeOf(operation, request))
    const [row] = await engine.store.query(member)
    if (row === undefined) throw new Problem('notFound')
    const chosen = chosenFields(model, (request.query as Record<string, unknown>).fields)
    const tag = rowTag(row, chosen && variantOf(chosen))
    const changed = ifNoneMatchHolds(request.headers['if-none-match'], tag)
    reply.headers(cacheFields(request)).header('etag', tag)
    applyPreferences(request, reply, operation)
    if (!changed) return reply.code(304).send()
    const values = rowToValues(model.fields, row)
    return reply.type(json).send(JSON.stringify(chosen === undefined ? values : choose(values, chosen)))
  }
}

function choose(values: Values, fields: readonly Field[]): Values {
  return Object.fromEntries(fields.map(({ name }) => [name, values[name] ?? null]))
}

/** Names a choice of fields, which is a representation of its own (RFC 9110 §8.8.3.3). */
function variantOf(fields: readonly Field[]): string {
  return hash('sha256', fields.map(({ name }) => name).join(), 'base64url').slice(0, 8)
}
