// GET of a custom route: what a resource computes from one of its rows.

import { Problem } from '../http/problem.ts'
import type { OperationOf } from '../operations/operation.ts'
import { answerShape } from '../resource/answer-shape.ts'
import type { Model } from '../resource/model.ts'
import type { CustomRoute } from '../resource/resource.ts'
import { rowToValues } from '../resource/row.ts'
import type { Sql } from '../resource/sql.ts'
import { selectMember } from '../store/select.ts'
import { sqlToStatement } from '../store/sql.ts'
import { compileEach } from '../validation/compile-each.ts'
import { bodyFindings, findingToText } from '../validation/validator.ts'
import { type Handler, keyOf, represent, representationFields, visibleRows } from './call.ts'
import { type Engine, tableOf } from './engine.ts'
import { ownFault } from './own-code.ts'

type Route = CustomRoute<Record<string, unknown>>

export function computeHandler(engine: Engine, operation: OperationOf<'compute'>): Handler {
  const { model, custom } = operation
  const { store } = engine
  const table = tableOf(engine, model.name)

  return async call => {
    const [row] = await store.query(
      selectMember(table, keyOf(operation, call), visibleRows(operation, call)),
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
    const value: unknown = JSON.parse(JSON.stringify(await route.handler(context)) ?? 'null')
    requireAnswer(route, value)
    return value
  } catch (error) {
    throw ownFault(`the route '${route.name}'`, file, error)
  }
}

/** Checks the text that is sent: in it a `Date` is a string, and undefined members are gone. */
function requireAnswer({ response }: Route, value: unknown): void {
  const findings = bodyFindings(validatorOf(response)(value)).map(findingToText)
  if (findings.length > 0)
    throw new Error(`it returned what its response does not allow: ${findings.join('; ')}`)
}

const validatorOf = compileEach(answerShape)
