// DELETE of a row: removes it or marks it as deleted, unless other rows refer to it.

import { Problem } from '../http/problem.ts'
import type { Operation } from '../operations/operation.ts'
import { selectForUpdate } from '../store/select.ts'
import type { Work } from '../store/store.ts'
import { type Call, type Handler, keyOf, preferenceFields } from './call.ts'
import { callContext, write } from './change.ts'
import { type Engine, tableOf } from './engine.ts'
import { afterCommit } from './hooks.ts'
import { type Effect, idempotentHandler } from './idempotent.ts'
import { visibleRows } from './visible.ts'
import { requirePreconditions } from './written.ts'

export function deleteHandler(engine: Engine, operation: Operation): Handler {
  const { model } = operation
  const table = tableOf(engine, model.name)

  return idempotentHandler(engine, operation, function* (call: Call): Work<Effect> {
    const context = callContext(engine, call)
    const [current] = yield selectForUpdate(
      table,
      keyOf(operation, call),
      visibleRows(engine, operation, call),
    )
    if (current === undefined) throw new Problem('notFound')
    requirePreconditions(operation, call, current)
    yield* write(context, table, { operation: 'delete', current })
    return {
      answer: { status: 204, headers: preferenceFields(operation, call), body: '' },
      committed: () => afterCommit(context, call),
    }
  })
}
