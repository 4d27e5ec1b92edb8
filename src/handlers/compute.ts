// GET of a custom route: what a resource computes from one of its rows.

import { Problem } from '../http/problem.ts'
import type { OperationOf } from '../operations/operation.ts'
import type { Model } from '../resource/model.ts'
import type { CustomRoute } from '../resource/resource.ts'
import { rowToValues } from '../resource/row.ts'
import type { Sql } from '../resource/sql.ts'
import { selectMember } from '../store/select.ts'
import { sqlToStatement } from '../store/sql.ts'
import { type Handler, keyOf, represent, representationFields } from './call.ts'
import { type Engine, tableOf } from './engine.ts'
import { checkedAnswer, ownFault } from './own-code.ts'
import { visibleRows } from './visible.ts'

type Route = CustomRoute<Record<string, unknown>>

export function computeHandler(engine: Engine, operation: OperationOf<'compute'>): Handler {
  const { model, custom } = operation
  const { store } = engine
  const table = tableOf(engine, model.name)

  return async call => {
    const [row] = await store.query(
      selectMember(table, keyOf(operation, call), visibleRows(engine, operation, call)),
    )
    if (row === undefined) throw new Problem('notFound')
    const value = await run(custom, model, {
      row: rowToValues(model.fields, row),
      // The `await` keeps the line of the query in the stack of an error.
      query: async (statement: Sql) => await store.query(sqlToStatement(store.dialect, statement)),
      log: call.log,
      now: engine.clock(),
    })
    return represent(call, { status: 200, headers: representationFields(operation, call), value })
  }
}

/** What the handler gives, which is as the document says. */
async function run(
  route: Route,
  { file }: Model,
  context: Parameters<Route['handler']>[0],
): Promise<unknown> {
  try {
    return checkedAnswer(route.response, await route.handler(context))
  } catch (error) {
    throw ownFault(`the route '${route.name}'`, file, error)
  }
}
