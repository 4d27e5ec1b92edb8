// DELETE of a member: gone, or marked as deleted, if nothing refers to it any more.

import type { FastifyRequest, RouteHandlerMethod } from 'fastify'
import type { Operation } from '../http/operations.ts'
import { Problem } from '../http/problem.ts'
import type { Change } from '../resource/resource.ts'
import { rowToValues, type Values } from '../resource/row.ts'
import { setAside } from '../store/kept-rows.ts'
import { selectForUpdate } from '../store/select.ts'
import { StoreError, type Work } from '../store/store.ts'
import { deleteRow } from '../store/write.ts'
import { requirePreconditions } from './change.ts'
import { applyPreferences, type Engine, keyOf, scopeOf, tableOf } from './engine.ts'
import { afterCommit, beforeWrite } from './hooks.ts'
import { keptReferrers, referredProblem } from './refusal.ts'

export function removeHandler(engine: Engine, operation: Operation): RouteHandlerMethod {
  const { model } = operation
  const table = tableOf(engine, model.name)

  const remove = function* (request: FastifyRequest): Work<Change<Values>> {
    const key = keyOf(operation, request)
    const [current] = yield selectForUpdate(table, key, scopeOf(operation, request))
    if (current === undefined) throw new Problem('notFound')
    requirePreconditions(operation, request, current)
    const now = engine.clock()
    const change = { operation: 'delete', now, before: rowToValues(model.fields, current) } as const
    beforeWrite(model, change)
    for (const { name, field } of keptReferrers(engine, model)) yield* setAside(tableOf(engine, name), field, key)
    yield deleteRow(table, key, current.at(-1) ?? null, now)
    return change
  }

  return async (request, reply) => {
    try {
      const change = await engine.store.transact(() => remove(request))
      afterCommit(model, change, request)
    } catch (error) {
      if (!(error instanceof StoreError && error.code === 'reference')) throw error
      throw await referredProblem(engine, model, keyOf(operation, request))
    }
    applyPreferences(request, reply, operation)
    return reply.code(204).send()
  }
}
