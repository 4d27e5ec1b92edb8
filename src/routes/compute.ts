// GET of a custom route: what a resource computes from one of its members.

import type { Operation } from '../http/operations.ts'
import { Problem } from '../http/problem.ts'
import type { Model } from '../resource/model.ts'
import type { CustomRoute } from '../resource/resource.ts'
import { rowToValues, type SqlValue } from '../resource/row.ts'
import type { Sql } from '../resource/sql.ts'
import { selectMember } from '../store/select.ts'
import type { Dialect, Statement } from '../store/store.ts'
import { type Handler, jsonContent, keyOf, representationFields, scopeOf } from './call.ts'
import { type Engine, tableOf } from './engine.ts'
import { ownFault } from './own-code.ts'

type Route = CustomRoute<Record<string, unknown>>

export function computeHandler(engine: Engine, operation: Operation): Handler {
  const { model, custom } = operation
  const { store } = engine
  const table = tableOf(engine, model.name)
  if (custom === undefined) throw new Error(`${operation.id} is no custom route.`)

  return async call => {
    const [row] = await store.query(selectMember(table, keyOf(operation, call), scopeOf(operation, call)))
    if (row === undefined) throw new Problem('notFound')
    const result = await run(custom, model, {
      row: rowToValues(model.fields, row),
      // The `await` keeps the line that asks in the stack of an error.
      query: async (statement: Sql) => await store.query(sqlToStatement(store.dialect, statement)),
      log: call.log,
      now: engine.clock(),
    })
    const headers = { ...representationFields(operation, call), 'content-type': jsonContent }
    return { status: 200, headers, body: JSON.stringify(result) }
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
