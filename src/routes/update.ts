// PUT and PATCH of a member: read, compare, change and write in one transaction.

import type { FastifyRequest, RouteHandlerMethod } from 'fastify'
import { jsonPatchType } from '../http/actions.ts'
import { applyJsonPatch, type Operation as PatchOperation } from '../http/json-patch.ts'
import { mergePatch } from '../http/merge-patch.ts'
import { essence } from '../http/negotiate.ts'
import type { Operation } from '../http/operations.ts'
import { type Finding, Problem } from '../http/problem.ts'
import type { Field } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import { rowToValues, toStored, type Values } from '../resource/row.ts'
import { selectForUpdate } from '../store/select.ts'
import { StoreError, type Work } from '../store/store.ts'
import {
  insertValues,
  requirePreconditions,
  requireSame,
  sendAnswer,
  updateValues,
  type WriteOperation,
  type Written,
  writtenAnswer,
} from './change.ts'
import { type Engine, keyOf, parentKey, requireParent, scopeOf, tableOf } from './engine.ts'
import { afterCommit } from './hooks.ts'
import { type Attempt, explainRefusal, requireReferences } from './refusal.ts'
import { bodyFindings, type Validate } from './validator.ts'

/** Gives the values that a request makes of the current ones. */
type Edit = (current: Values, request: FastifyRequest) => Values

export function replaceHandler(engine: Engine, operation: Operation): RouteHandlerMethod {
  return updateHandler(engine, operation, 'replace', (current, request) =>
    replaceValues(operation.model, current, request.body as Values),
  )
}

export function patchHandler(engine: Engine, operation: Operation): RouteHandlerMethod {
  const validate = engine.validateState(operation.model)
  return updateHandler(engine, operation, 'update', (current, request) =>
    patchValues(operation.model, validate, current, request),
  )
}

function updateHandler(engine: Engine, operation: Operation, kind: WriteOperation, edit: Edit): RouteHandlerMethod {
  const { model } = operation
  const table = tableOf(engine, model.name)
  const creates = kind === 'replace' && model.keyMadeBy === 'client'

  return async (request, reply) => {
    const now = engine.clock()
    const { principal } = request
    const key = keyOf(operation, request)
    let attempt: Attempt = { values: {}, replaces: false, principal }

    const work = function* (): Work<Written> {
      const [current] = yield selectForUpdate(table, key, scopeOf(operation, request))
      if (current === undefined && !creates) throw new Problem('notFound')
      requirePreconditions(operation, request, current)
      if (kind === 'replace') requireSame(model.key, key, (request.body as Values)[model.key.name])
      const before = current && rowToValues(model.fields, current)
      const next = before === undefined ? newValues(model, request) : edit(before, request)
      attempt = { values: next, replaces: before !== undefined, principal }
      requireSameParent(operation, request, next)
      yield* requireReferences(engine, model, attempt, before)
      if (current === undefined) return yield* insertValues(table, next, { now })
      return yield* updateValues(table, current, next, kind, now)
    }
    try {
      const { row, change } = creates ? await unlessOutrun(engine, model, work) : await engine.store.transact(work)
      afterCommit(model, change, request)
      return sendAnswer(reply, writtenAnswer(operation, request, row, change.before === undefined))
    } catch (error) {
      await requireParent(engine, operation, request)
      throw await explainRefusal(engine, model, attempt, error)
    }
  }
}

/** A PUT that found nothing, and whose insert met what another had created meanwhile, looks again: now it replaces. */
async function unlessOutrun<T>(engine: Engine, model: Model, work: () => Work<T>, attempts = 3): Promise<T> {
  try {
    return await engine.store.transact(work)
  } catch (error) {
    if (!isTaken(error, model.key) || attempts === 1) throw error
    return unlessOutrun(engine, model, work, attempts - 1)
  }
}

function isTaken(error: unknown, key: Field): boolean {
  return error instanceof StoreError && error.code === 'unique' && error.columns.includes(key.name)
}

function requireSameParent({ parent }: Operation, request: FastifyRequest, values: Values): void {
  if (parent !== undefined) requireSame(parent.field, parentKey(parent, request), values[parent.field.name])
}

/** The body of a PUT that creates: the key of the address, and no read-only member yet. */
function newValues(model: Model, request: FastifyRequest): Values {
  const key = { [model.key.name]: (request.params as Values)[model.key.name] ?? null }
  const body = { ...(request.body as Values), ...key }
  requireUnchanged(model, key, body)
  return body
}

/** Every writable member is the body's, null where it has none; a read-only one may be sent back as it is. */
function replaceValues(model: Model, current: Values, body: Values): Values {
  requireUnchanged(model, current, body)
  const value = (field: Field) => (isFixed(model, field) ? current[field.name] : body[field.name]) ?? null
  return Object.fromEntries(model.fields.map(field => [field.name, value(field)]))
}

function patchValues(model: Model, validate: Validate, current: Values, request: FastifyRequest): Values {
  const isJsonPatch = essence(request.headers['content-type'] ?? '') === jsonPatchType
  const patched = isJsonPatch
    ? applyJsonPatch(current, request.body as PatchOperation[])
    : mergePatch(current, request.body)
  const next = removedToNull(model, patched)
  const errors = validate(next)
  if (errors.length > 0) throw new Problem('invalidBody', { errors: bodyFindings(errors) })
  requireUnchanged(model, current, next as Values)
  return next as Values
}

/** An optional member that a patch removes is null (RFC 7396 §1, RFC 6902 §4.2). */
function removedToNull({ fields }: Model, patched: unknown): unknown {
  if (typeof patched !== 'object' || patched === null || Array.isArray(patched)) return patched
  const nulls = fields.filter(({ nullable }) => nullable).map(({ name }) => [name, null])
  return { ...Object.fromEntries(nulls), ...patched }
}

function isFixed({ key }: Model, field: Field): boolean {
  return field === key || field.readOnly
}

/** 422 where a member that the server keeps is sent with another value. */
function requireUnchanged(model: Model, current: Values, next: Values): void {
  const sent = model.fields.filter(field => isFixed(model, field) && next[field.name] !== undefined)
  const changed = sent.filter(field => !equals(field, current[field.name], next[field.name]))
  if (changed.length === 0) return
  const errors: Finding[] = changed.map(({ name }) => ({ pointer: `#/${name}`, detail: 'is read-only' }))
  throw new Problem('invalidBody', { errors })
}

/** Equal in the stored form: a date-time may come back with another offset. */
function equals(field: Field, one: unknown, other: unknown): boolean {
  return toStored(field, one) === toStored(field, other)
}
