// GET of a member: one row, or 304 for a caller that has it.

import { hash } from 'node:crypto'
import type { RouteHandlerMethod } from 'fastify'
import { ifNoneMatchHolds } from '../http/conditional.ts'
import { json, type Operation } from '../http/operations.ts'
import { Problem } from '../http/problem.ts'
import { chosenFields } from '../query/query.ts'
import type { Field } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import { type Row, rowWriter } from '../resource/row.ts'
import { selectMember } from '../store/select.ts'
import { applyPreferences, cacheFields, type Engine, keyOf, rowTag, scopeOf, tableOf } from './engine.ts'

export function readHandler(engine: Engine, operation: Operation): RouteHandlerMethod {
  const { model } = operation
  const table = tableOf(engine, model.name)
  const write = rowWriter(model.fields)

  return async (request, reply) => {
    const member = selectMember(table, keyOf(operation, request), scopeOf(operation, request))
    const [row] = await engine.store.query(member)
    if (row === undefined) throw new Problem('notFound')
    const chosen = chosenFields(model, (request.query as Record<string, unknown>).fields)
    const tag = rowTag(row, chosen && variantOf(chosen))
    const changed = ifNoneMatchHolds(request.headers['if-none-match'], tag)
    reply.headers({ ...cacheFields, etag: tag })
    applyPreferences(request, reply, operation)
    if (!changed) return reply.code(304).send()
    return reply.type(json).send(chosen === undefined ? write(row) : writeChosen(model, chosen, row))
  }
}

function writeChosen(model: Model, chosen: readonly Field[], row: Row): string {
  return rowWriter(chosen)(chosen.map(field => row[model.fields.indexOf(field)] ?? null))
}

/** Names a choice of fields, which is a representation of its own (RFC 9110 §8.8.3.3). */
function variantOf(fields: readonly Field[]): string {
  return hash('sha256', fields.map(({ name }) => name).join(), 'base64url').slice(0, 8)
}
