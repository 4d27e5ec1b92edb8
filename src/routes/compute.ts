// GET of a custom route: what a resource computes from one of its members.

import type { RouteHandlerMethod } from 'fastify'
import { json } from '../http/actions.ts'
import type { Operation } from '../http/operations.ts'
import { Problem } from '../http/problem.ts'
import { rowToValues, type SqlValue } from '../resource/row.ts'
import type { Sql } from '../resource/sql.ts'
import { selectMember } from '../store/select.ts'
import type { Dialect, Statement } from '../store/store.ts'
import { applyPreferences, cacheFields, type Engine, keyOf, scopeOf, tableOf } from './engine.ts'

export function computeHandler(engine: Engine, operation: Operation): RouteHandlerMethod {
  const { model, custom } = operation
  const { store } = engine
  const table = tableOf(engine, model.name)
  if (custom === undefined) throw new Error(`${operation.id} is no custom route.`)

  return async (request, reply) => {
    const [row] = await store.query(selectMember(table, keyOf(operation, request), scopeOf(operation, request)))
    if (row === undefined) throw new Problem('notFound')
    const result = await custom.handler({
      row: rowToValues(model.fields, row),
      query: statement => store.query(sqlToStatement(store.dialect, statement)),
      log: request.log,
      now: engine.clock(),
    })
    reply.headers(cacheFields(request))
    applyPreferences(request, reply, operation)
    return reply.type(json).send(JSON.stringify(result))
  }
}

function sqlToStatement(dialect: Dialect, { text, values }: Sql): Statement {
  const pieces = text.map((piece, index) => (index === 0 ? piece : dialect.placeholder(index) + piece))
  return { text: pieces.join(''), values: values as readonly SqlValue[] }
}
