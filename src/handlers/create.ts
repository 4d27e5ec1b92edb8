// POST to a collection: creates a row, or several.

import { requireWritable } from '../access/field-scopes.ts'
import { rowFormats } from '../formats/formats.ts'
import type { Answer } from '../http/answer.ts'
import type { Operation } from '../operations/operation.ts'
import type { Model } from '../resource/model.ts'
import { ownMember, type Row, type Values } from '../resource/row.ts'
import { selectMember } from '../store/select.ts'
import type { Work } from '../store/store.ts'
import { type Call, type Handler, parentKey } from './call.ts'
import { callContext, write, writeContext } from './change.ts'
import {
  admitChildren,
  createChildren,
  type Family,
  requireNoChildren,
  toFamily,
} from './children.ts'
import { createManyHandler } from './create-many.ts'
import { type OnDuplicate, storeDuplicate } from './duplicates.ts'
import { type Engine, tableOf } from './engine.ts'
import { afterCommit } from './hooks.ts'
import { type Effect, idempotentHandler } from './idempotent.ts'
import { RefusedWrite } from './refusal.ts'
import type { WriteContext } from './writing.ts'
import { requireSame, writtenAnswer } from './written.ts'

export function createHandler(engine: Engine, operation: Operation): Handler {
  const { model, parent } = operation
  const table = tableOf(engine, model.name)
  const many = createManyHandler(engine, operation)

  const work = function* (call: Call): Work<Effect> {
    const family = familyOf(model, call)
    const values = { ...family.values }
    if (model.hasFieldScopes)
      requireWritable(call.principal, model, { sent: values, current: undefined })
    if (parent !== undefined) {
      requireSame(parent.field, parentKey(parent, call), ownMember(values, parent.field.name))
      values[parent.field.name] = parentKey(parent, call)
    }
    const isAlone = family.children.length === 0
    const context = isAlone ? callContext(engine, call) : writeContext(engine, call.principal)
    const committed = () => afterCommit(context, call)
    const onDuplicate = call.parameters.on_duplicate as OnDuplicate
    const outcome = yield* storeDuplicate(context, table, { values, onDuplicate })
    if (outcome !== undefined) {
      if (outcome.done === 'replaced' && family.children.length > 0) requireNoChildren(family)
      return { answer: presentAnswer(operation, call, outcome.row), committed }
    }
    const { row } = yield* write(context, table, { operation: 'create', values })
    return { answer: yield* createdAnswer(operation, call, { context, family, row }), committed }
  }
  const one = idempotentHandler(engine, operation, work)
  const oneOrNone = idempotentHandler(engine, operation, work, isOutrun)
  return async call => {
    if (rowFormats.has(call.bodyType)) return many(call)
    if (model.children.length > 0) await admitChildren(call, familyOf(model, call))
    return call.parameters.on_duplicate === 'refuse' ? one(call) : oneOrNone(call)
  }
}

function familyOf(model: Model, { body }: Call): Family {
  if (model.children.length === 0) return { values: body as Values, children: [] }
  return toFamily(model, body as Values)
}

interface Created {
  readonly context: WriteContext
  readonly family: Family
  readonly row: Row
}

/** The answer with a row, when its children are created too. */
function* createdAnswer(
  operation: Operation,
  call: Call,
  { context, family, row }: Created,
): Work<Answer> {
  if (family.children.length === 0) return writtenAnswer(operation, call, { row, created: true })
  const [key = null] = row
  const included = yield* createChildren(context, family, key)
  // Hooks of the children may have changed it.
  const [now = row] = yield selectMember(tableOf(context.engine, operation.model.name), key)
  return writtenAnswer(operation, call, { row: now, created: true, included })
}

/** Whether another caller has created the row that was not there when it was looked for. */
function isOutrun(error: unknown): boolean {
  return error instanceof RefusedWrite && error.cause.code === 'unique'
}

/** The answer where the row was there: 200, also without a body. */
function presentAnswer(operation: Operation, call: Call, row: Row): Answer {
  return { ...writtenAnswer(operation, call, { row }), status: 200 }
}
