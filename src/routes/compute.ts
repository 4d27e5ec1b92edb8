// GET of a custom route: what a resource computes from one of its members.

import type { RouteHandlerMethod } from 'fastify'
import { json } from '../http/actions.ts'
import type { Operation } from '../http/operations.ts'
import { Problem } from '../http/problem.ts'
import type { Model } from '../resource/model.ts'
import type { CustomRoute } from '../resource/resource.ts'
import { rowToValues, type SqlValue } from '../resource/row.ts'
import type { Sql } from '../resource/sql.ts'
import { selectMember } from '../store/select.ts'
import type { Dialect, Statement } from '../store/store.ts'
import { applyPreferences, cacheFields, type Engine, keyOf, scopeOf, tableOf } from './engine.ts'
import { ownFault } from './own-code.ts'

type Route = CustomRoute<Record<string, unknown>>

export function computeHandler(engine: Engine, operation: Operation): RouteHandlerMethod {
  const { model, custom } = operation
  const { store } = engine
  const table = tableOf(engine, model.name)
  if (custom === undefined) throw new Error(`${operation.id} is no custom route.`)

  return async (request, reply) => {
    const [row] = await store.query(selectMember(table, keyOf(operation, request), scopeOf(operation, request)))
    if (row === undefined) throw new Problem('notFound')
    const context = {
      row: rowToValues(model.fields, row),
      // The `await` keeps the line that asks in the stack of an error.
      query: async (statement: Sql) => await store.query(sqlToStatement(store.dialect, statement)),
      log: request.log,
      now: engine.clock(),
    }
    const result = await run(custom, model, context)
    reply.headers(cacheFields(request))
    applyPreferences(request, reply, operation)
    return reply.type(json).send(JSON.stringify(result))
  }
}

async function run({ name, handler }: Route, { file }: Model, context: Parameters<Route['handler']>[0]) {
  try {
    return await handler(context)
  } catch (error) {
    throw ownFault(`the route '${name}'`, file, error)
  }
}

function sqlToStatement(dialect: Dialect, { text, values }: Sql): Statement {
  const pieces = text.map((piece, index) => (index === 0 ? piece : dialect.placeholder(index) + piece))
  return { text: pieces.join(''), values: values as readonly SqlValue[] }
}
