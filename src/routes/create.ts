// POST to a collection: a new row, once for each Idempotency-Key.

import type { RouteHandlerMethod } from 'fastify'
import { ownerOf } from '../access/ownership.ts'
import { parseIdempotencyKey } from '../http/idempotency.ts'
import type { Operation } from '../http/operations.ts'
import type { Values } from '../resource/row.ts'
import type { Answer } from '../store/idempotency-record.ts'
import type { Work } from '../store/store.ts'
import { insertValues, requireSame, sendAnswer, writtenAnswer } from './change.ts'
import { type Engine, parentKey, requireParent, tableOf } from './engine.ts'
import { afterCommit } from './hooks.ts'
import { answerOnce } from './once.ts'
import { explainRefusal, requireReferences } from './refusal.ts'

export function createHandler(engine: Engine, operation: Operation): RouteHandlerMethod {
  const { model, parent } = operation
  const table = tableOf(engine, model.name)

  return async (request, reply) => {
    const key = parseIdempotencyKey(request.headers['idempotency-key'] as string | undefined)
    const sent = request.body as Values
    const implied = parent === undefined ? {} : { [parent.field.name]: parentKey(parent, request) }
    const body = { ...sent, ...implied }
    const { principal } = request
    const attempt = { values: body, replaces: false, principal }
    const writing = { now: engine.clock(), owner: ownerOf(principal) }

    const insert = function* (): Work<{ answer: Answer; committed: () => void }> {
      if (parent !== undefined) requireSame(parent.field, parentKey(parent, request), sent[parent.field.name])
      yield* requireReferences(engine, model, attempt)
      const { row, change } = yield* insertValues(table, body, writing)
      return {
        answer: writtenAnswer(operation, request, row, true),
        committed: () => afterCommit(model, change, request),
      }
    }
    const refuse = async (error: unknown) => {
      await requireParent(engine, operation, request)
      return explainRefusal(engine, model, attempt, error)
    }
    return sendAnswer(reply, await answerOnce(engine, request, key, insert, refuse))
  }
}
