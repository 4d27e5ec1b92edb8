// POST to a collection: creates a row.

import { requireWritable } from '../access/field-scopes.ts'
import type { Operation } from '../operations/operation.ts'
import { ownMember, type Values } from '../resource/row.ts'
import type { Work } from '../store/store.ts'
import { type Call, type Handler, parentKey } from './call.ts'
import { write, writeContext } from './change.ts'
import { type Engine, tableOf } from './engine.ts'
import { afterCommit } from './hooks.ts'
import { type Effect, idempotentHandler } from './idempotent.ts'
import { requireSame, writtenAnswer } from './written.ts'

export function createHandler(engine: Engine, operation: Operation): Handler {
  const { model, parent } = operation
  const table = tableOf(engine, model.name)

  return idempotentHandler(engine, operation, function* (call: Call): Work<Effect> {
    const values = { ...(call.body as Values) }
    if (model.hasFieldScopes)
      requireWritable(call.principal, model, { sent: values, current: undefined })
    if (parent !== undefined) {
      requireSame(parent.field, parentKey(parent, call), ownMember(values, parent.field.name))
      values[parent.field.name] = parentKey(parent, call)
    }
    const context = writeContext(engine, call.principal)
    const { row } = yield* write(context, table, { operation: 'create', values })
    return {
      answer: writtenAnswer(operation, call, row, true),
      committed: () => afterCommit(context, call),
    }
  })
}
