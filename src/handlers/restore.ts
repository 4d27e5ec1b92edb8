// POST to a deleted row that is kept: it is there again, if the rules for a new row let it.

import { Problem } from '../http/problem.ts'
import type { Operation } from '../operations/operation.ts'
import { type Row, rowToValues } from '../resource/row.ts'
import { selectDeletedForUpdate, selectMember } from '../store/select.ts'
import type { Work } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import { type Call, type Handler, keyOf } from './call.ts'
import { callContext, write } from './change.ts'
import { type Engine, tableOf } from './engine.ts'
import { afterCommit } from './hooks.ts'
import { type Effect, idempotentHandler } from './idempotent.ts'
import { visibleRows } from './visible.ts'
import { writtenAnswer } from './written.ts'

export function restoreHandler(engine: Engine, operation: Operation): Handler {
  const { model } = operation
  const table = tableOf(engine, model.name)

  return idempotentHandler(engine, operation, function* (call: Call): Work<Effect> {
    const current = yield* requireDeleted(engine, table, operation, call)
    const context = callContext(engine, call)
    const values = rowToValues(model.fields, current)
    const { row } = yield* write(context, table, { operation: 'restore', current, values })
    return {
      answer: writtenAnswer(operation, call, { row }),
      committed: () => afterCommit(context, call),
    }
  })
}

function* requireDeleted(
  engine: Engine,
  table: Table,
  operation: Operation,
  call: Call,
): Work<Row> {
  const [key, visible] = [keyOf(operation, call), visibleRows(engine, operation, call)]
  const [deleted] = yield selectDeletedForUpdate(table, key, visible)
  if (deleted !== undefined) return deleted
  const [present] = yield selectMember(table, key, visible)
  throw present === undefined
    ? new Problem('notFound')
    : new Problem('conflict', { detail: 'It is not deleted.' })
}
