// An action in a transaction, and its answer.

import type { Answer } from '../http/answer.ts'
import { Problem } from '../http/problem.ts'
import type { Operation, OperationOf } from '../operations/operation.ts'
import type { ActionCall, Outcome } from '../operations/run.ts'
import type { Row } from '../resource/row.ts'
import { selectForUpdate } from '../store/select.ts'
import type { Work } from '../store/store.ts'
import {
  addressOf,
  type Call,
  type Handler,
  keyOf,
  pathOf,
  preferenceFields,
  represent,
  representationFields,
  rowTag,
} from './call.ts'
import { type Engine, tableOf } from './engine.ts'
import { type Effect, idempotentHandler } from './idempotent.ts'
import { visibleRows } from './visible.ts'
import { requirePreconditions } from './written.ts'

type ActionOperation = OperationOf<'action'>

export function actionHandler(engine: Engine, operation: ActionOperation): Handler {
  const { action } = operation
  return idempotentHandler(engine, operation, function* (call: Call): Work<Effect> {
    const context = toActionCall(engine, call)
    const outcome =
      action.on === 'collection'
        ? yield* action.run(context)
        : yield* action.run({ ...context, row: yield* requireMember(engine, operation, call) })
    return toEffect(operation, call, outcome)
  })
}

function toActionCall(
  engine: Engine,
  { body, parameters, principal: caller, source, log }: Call,
): ActionCall {
  return {
    body,
    parameters,
    caller,
    source,
    log,
    now: engine.clock(),
    tableOf: name => tableOf(engine, name),
  }
}

/** The row that the address names, in the state that the caller wants. */
export function* requireMember(engine: Engine, operation: Operation, call: Call): Work<Row> {
  const table = tableOf(engine, operation.model.name)
  const [row] = yield selectForUpdate(
    table,
    keyOf(operation, call),
    visibleRows(engine, operation, call),
  )
  if (row === undefined) throw new Problem('notFound')
  if (operation.requestHeaders.includes('If-Match')) requirePreconditions(operation, call, row)
  return row
}

function toEffect(operation: ActionOperation, call: Call, outcome: Outcome): Effect {
  const { value, kept, committed } = outcome
  return {
    answer: toAnswer(operation, call, outcome, value),
    ...(kept === undefined ? {} : { kept: toAnswer(operation, call, outcome, kept) }),
    ...(committed && { committed }),
  }
}

function toAnswer(
  operation: ActionOperation,
  call: Call,
  { row }: Outcome,
  value: unknown,
): Answer {
  const status = operation.successes[0]?.status ?? 200
  if (status === 204) return { status, headers: preferenceFields(operation, call), body: '' }
  const headers: Record<string, string> = { ...representationFields(operation, call) }
  if (row !== undefined) headers.etag = rowTag(operation, call, { row })
  if (status === 201) headers.location = addressOf(call, pathOf(call), row?.[0] ?? null)
  return represent(call, { status, headers, value })
}
