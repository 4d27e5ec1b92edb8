// PUT and PATCH of a row: reads, compares, changes and writes it in one transaction.

import { isDeepStrictEqual } from 'node:util'
import type { Principal } from '../access/access.ts'
import { requireWritable } from '../access/field-scopes.ts'
import { applyJsonPatch, type PatchOperation } from '../http/json-patch.ts'
import { jsonPatchType } from '../http/media-types.ts'
import { mergePatch } from '../http/merge-patch.ts'
import { type Finding, Problem } from '../http/problem.ts'
import type { Operation } from '../operations/operation.ts'
import { columnOf, defaultsOf, type Field, isKept } from '../resource/field.ts'
import { type Model, membersOf } from '../resource/model.ts'
import { choose, ownMember, type Row, rowToValues, toStored, type Values } from '../resource/row.ts'
import type { Work } from '../store/store.ts'
import { bodyFindings, type Validate } from '../validation/validator.ts'
import { type Call, type Handler, keyOf, parentKey, shownRow } from './call.ts'
import { callContext, selectToChange, write } from './change.ts'
import { withComputed } from './computed.ts'
import { type Engine, tableOf } from './engine.ts'
import { afterCommit } from './hooks.ts'
import { type Effect, idempotentHandler } from './idempotent.ts'
import { patchAtOnce } from './patch-at-once.ts'
import { RefusedWrite } from './refusal.ts'
import { visibleRows } from './visible.ts'
import type { Write } from './writing.ts'
import { requirePreconditions, requireSame, writtenAnswer } from './written.ts'

/** The write that a call asks for, given the current row, if there is one. */
type PlanWrite = (call: Call, current: Row | undefined) => Exclude<Write, { operation: 'delete' }>

export function replaceHandler(engine: Engine, operation: Operation): Handler {
  const { model } = operation
  return updateHandler(engine, operation, (call, current) => {
    const body = belowParent(operation, call)
    const before = current && rowToMembers(model, current)
    if (model.hasFieldScopes)
      requireWritable(call.principal, model, { sent: body, current: before })
    requireSame(model.key, keyOf(operation, call), ownMember(body, model.key.name))
    if (current === undefined || before === undefined)
      return { operation: 'create', atAddress: true, values: newValues(model, call, body) }
    return {
      operation: 'replace',
      current,
      values: replaceValues(model, before, body),
    }
  })
}

export function patchHandler(engine: Engine, operation: Operation): Handler {
  const { model } = operation
  const validate = engine.validateState(model)
  const plan: PlanWrite = (call, current) => {
    if (current === undefined) throw new Problem('notFound')
    const values = patchValues(model, validate, current, call)
    return { operation: 'update', current, values }
  }
  return updateHandler(engine, operation, plan, patchAtOnce)
}

function updateHandler(
  engine: Engine,
  operation: Operation,
  plan: PlanWrite,
  planAtOnce?: typeof patchAtOnce,
): Handler {
  const { model } = operation
  const table = tableOf(engine, model.name)

  const creates = operation.successes.some(({ status }) => status === 201)

  const work = function* (call: Call): Work<Effect> {
    const context = callContext(engine, call)
    const effect = (row: Row, created: boolean): Effect => ({
      answer: writtenAnswer(operation, call, { row, created }),
      committed: () => afterCommit(context, call),
    })
    const visible = visibleRows(engine, operation, call)
    const atOnce = () => {
      const statement = planAtOnce?.(context, operation, call, { table, visible })
      return statement && { statement, toResult: (row: Row) => effect(row, false) }
    }
    const select = selectToChange(context, table, keyOf(operation, call), visible)
    const [current] = yield { ...select, atOnce }
    if (current === undefined && !creates) throw new Problem('notFound')
    requirePreconditions(operation, call, current)
    const wanted = plan(call, current)
    requireSameParent(operation, call, wanted.values)
    const { row } = yield* write(context, table, wanted)
    return effect(row, current === undefined)
  }
  return idempotentHandler(engine, operation, work, error => isOutrun(error, model.key))
}

/** Whether a PUT that found no row failed because another caller created it meanwhile: started again, it replaces that row. */
function isOutrun(error: unknown, key: Field): boolean {
  if (!(error instanceof RefusedWrite) || error.change.operation !== 'create') return false
  return error.cause.code === 'unique' && error.cause.columns.includes(columnOf(key))
}

function requireSameParent({ parent }: Operation, call: Call, values: Values): void {
  if (parent !== undefined)
    requireSame(parent.field, parentKey(parent, call), ownMember(values, parent.field.name))
}

/** The body of a PUT; below a parent, the reference may be left out, because the address has it. */
function belowParent({ parent }: Operation, call: Call): Values {
  const body = call.body as Values
  return parent === undefined ? body : { [parent.field.name]: parentKey(parent, call), ...body }
}

/** The values of a PUT that creates: with the key of the address, and without read-only members. */
function newValues(model: Model, call: Call, body: Values): Values {
  const key = { [model.key.name]: call.keys[model.key.name] ?? null }
  const kept = model.fields.filter(isKept)
  requireUnchanged({ ...model, fields: model.fields.filter(field => !isKept(field)) }, key, body)
  requireMembers(kept, body)
  return { ...defaultsOf(kept), ...body, ...key }
}

/** A new row needs the members that a PUT may leave out of an existing row. */
function requireMembers(fields: readonly Field[], body: Values): void {
  const missing = fields.filter(
    ({ name, required }) => required && ownMember(body, name) === undefined,
  )
  if (missing.length > 0)
    throw new Problem('invalidBody', {
      errors: missing.map(({ name }) => ({ pointer: `#/${name}`, detail: 'is required' })),
    })
}

/** The values of a row that a new one replaces, whose key need not be the same: it may have taken unique values. */
export function replacementValues(
  model: Model,
  principal: Principal,
  current: Row,
  sent: Values,
): Values {
  const before = rowToMembers(model, current)
  if (model.hasFieldScopes) requireWritable(principal, model, { sent, current: before })
  const usual = defaultsOf(model.fields.filter(field => !isKept(field) && !field.readOnly))
  return replaceValues(model, before, { ...usual, ...sent })
}

/**
 * Every writable member comes from the body, or is null if the body has none, but for those that are kept. A read-only
 * member may be sent back unchanged.
 */
function replaceValues(model: Model, current: Values, body: Values): Values {
  requireUnchanged(model, current, body)
  const value = (field: Field) => {
    const sent = ownMember(body, field.name)
    const stays = isReadOnly(model, field) || (sent === undefined && isKept(field))
    return (stays ? ownMember(current, field.name) : sent) ?? null
  }
  return Object.fromEntries(model.fields.map(field => [field.name, value(field)]))
}

/** All that a body may say of a row. */
function rowToMembers(model: Model, row: Row): Values {
  return model.computed.length === 0 ? rowToValues(model.fields, row) : withComputed(model, row)
}

function patchValues(model: Model, validate: Validate, row: Row, call: Call): Values {
  const current = rowToMembers(model, row)
  const { sent, patched } =
    call.bodyType === jsonPatchType
      ? jsonPatched(call, model, row)
      : { sent: call.body as Values, patched: mergePatch(current, call.body) }
  const next = removedToNull(model, patched)
  const stored = withoutComputed(model, next)
  const errors = validate(stored).filter(
    ({ instancePath }) => !isLeft(instancePath, current, stored as Values),
  )
  if (errors.length > 0) throw new Problem('invalidBody', { errors: bodyFindings(errors) })
  if (model.hasFieldScopes) requireWritable(call.principal, model, { sent, current })
  requireUnchanged(model, current, next as Values)
  return stored as Values
}

function withoutComputed({ computed }: Model, next: unknown): unknown {
  if (computed.length === 0 || !isObject(next)) return next
  const names = computed.map(({ field }) => field.name)
  return Object.fromEntries(Object.entries(next).filter(([name]) => !names.includes(name)))
}

/** A JSON Patch can test and copy values, so it works on what its caller may see. */
function jsonPatched({ body, seen }: Call, model: Model, row: Row): Patched {
  const sent = applyJsonPatch(shownRow(seen, row), body as readonly PatchOperation[])
  if (seen.shown === model.fields || !isObject(sent)) return { sent: sent as Values, patched: sent }
  const unseen = model.fields.filter(field => !seen.shown.includes(field))
  return {
    sent: removedToNull({ fields: seen.shown }, sent) as Values,
    patched: { ...choose(rowToValues(model.fields, row), unseen), ...sent },
  }
}

/** The members that a patch sets, those that it leaves among them or not; and the row as it is then. */
interface Patched {
  readonly sent: Values
  readonly patched: unknown
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Whether a finding is about a member that the patch leaves as it is: a version beside this one, or a definition of
 * before, may have taken more.
 */
function isLeft(instancePath: string, current: Values, next: Values): boolean {
  const [, name = ''] = instancePath.split('/')
  return name !== '' && isDeepStrictEqual(ownMember(next, name), ownMember(current, name))
}

/** An optional member that a patch removes is null (RFC 7396 §1, RFC 6902 §4.2). */
function removedToNull({ fields }: Pick<Model, 'fields'>, patched: unknown): unknown {
  if (!isObject(patched)) return patched
  const nulls = fields.filter(({ nullable }) => nullable).map(({ name }) => [name, null])
  return { ...Object.fromEntries(nulls), ...patched }
}

function isReadOnly({ key }: Model, field: Field): boolean {
  return field === key || field.readOnly
}

/** Why callers cannot change a field of a row that is there; nothing where they can. */
function fixedReason(model: Model, field: Field): string | undefined {
  if (isReadOnly(model, field)) return 'is read-only'
  return field.fixed ? 'cannot be changed after creation' : undefined
}

/** 422 if such a member is sent with another value. */
function requireUnchanged(model: Model, current: Values, next: Values): void {
  const errors: Finding[] = membersOf(model).flatMap(field => {
    const { name } = field
    const detail = fixedReason(model, field)
    const sent = ownMember(next, name)
    if (detail === undefined || sent === undefined) return []
    return equals(field, ownMember(current, name), sent) ? [] : [{ pointer: `#/${name}`, detail }]
  })
  if (errors.length > 0) throw new Problem('invalidBody', { errors })
}

/** Compares stored forms, because a date-time may be sent back with another offset. */
function equals(field: Field, one: unknown, other: unknown): boolean {
  return toStored(field, one) === toStored(field, other)
}
