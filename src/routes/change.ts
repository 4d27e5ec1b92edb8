// What every write shares: the row before and after, the hooks around it, and the answer.

import type { FastifyReply, FastifyRequest } from 'fastify'
import { json } from '../http/actions.ts'
import { ifMatchHolds, ifNoneMatchHolds } from '../http/conditional.ts'
import type { Operation } from '../http/operations.ts'
import { appliedPreferences } from '../http/prefer.ts'
import { Problem } from '../http/problem.ts'
import type { Field } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import type { Change } from '../resource/resource.ts'
import { type Row, rowToValues, type SqlValue, toStored, type Values, valuesToRow } from '../resource/row.ts'
import type { Answer } from '../store/idempotency-record.ts'
import { setAside } from '../store/kept-rows.ts'
import type { Work } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import { beforeInsert, insertRow, updateRow } from '../store/write.ts'
import { addressOf, cacheFields, rowTag } from './engine.ts'
import { beforeWrite } from './hooks.ts'

/** A row that was written. */
export interface Written {
  readonly row: Row
  readonly change: Change<Values>
}

export type WriteOperation = 'replace' | 'update'

export interface Writing {
  readonly now: Date
  /** Whose a new row is, where rows have owners. */
  readonly owner?: string
}

/** Inserts the row of a checked body. */
export function* insertValues(table: Table, body: Values, { now, owner }: Writing): Work<Written> {
  const { model } = table
  const after = beforeWrite(model, { operation: 'create', now, after: completeValues(model, body, now) })
  const values = valuesToRow(model.fields, after)
  for (const statement of beforeInsert(table, values)) yield statement
  if (values[0] !== null) yield* setAside(table, model.key.name, values[0] ?? null)
  const [row] = yield insertRow(table, values, owner)
  return written(model, row, stored => ({ operation: 'create', now, after: stored }))
}

/** Puts the values in the place of the row that the same transaction has read. */
export function* updateValues(
  table: Table,
  current: Row,
  next: Values,
  operation: WriteOperation,
  now: Date,
): Work<Written> {
  const { model } = table
  const before = rowToValues(model.fields, current)
  const after = beforeWrite(model, { operation, now, before, after: next })
  const [row] = yield updateRow(table, valuesToRow(model.fields, after), current.at(-1) ?? null)
  return written(model, row, stored => ({ operation, now, before, after: stored }))
}

/** What is stored for a new body: nulls for what it leaves out, the time where the server sets it. */
function completeValues({ fields }: Model, body: Values, now: Date): Values {
  return Object.fromEntries(
    fields.map(field => [field.name, body[field.name] ?? (field.createdAt ? now.toISOString() : null)]),
  )
}

function written(model: Model, row: Row | undefined, toChange: (stored: Values) => Change<Values>): Written {
  if (row === undefined) throw new Error(`A write to ${model.name} gave no row back.`)
  return { row, change: toChange(rowToValues(model.fields, row)) }
}

/** The preconditions of a write, checked in its transaction (RFC 9110 §13.2.2; RFC 6585 §3). */
export function requirePreconditions(
  { model }: Operation,
  { headers }: FastifyRequest,
  current: Row | undefined,
): void {
  const tag = current === undefined ? undefined : rowTag(current)
  if (!ifMatchHolds(headers['if-match'], tag) || !ifNoneMatchHolds(headers['if-none-match'], tag))
    throw new Problem('preconditionFailed', tag === undefined ? {} : { headers: { etag: tag } })
  if (model.requireIfMatch && current !== undefined && headers['if-match'] === undefined)
    throw new Problem('preconditionRequired')
}

/** 409 where the body says otherwise of a member that the address gives. */
export function requireSame(field: Field, fromAddress: SqlValue, fromBody: unknown): void {
  if (fromBody === undefined || toStored(field, fromBody) === fromAddress) return
  const { name } = field
  throw new Problem('conflict', {
    detail: `The ${name} of the body is not that of the address.`,
    errors: [{ pointer: `#/${name}`, detail: `must equal ${fromAddress}, which the address says` }],
  })
}

/** The answer to a write: the representation, or nothing where the caller prefers that (RFC 7240 §4.2). */
export function writtenAnswer(operation: Operation, request: FastifyRequest, row: Row, created: boolean): Answer {
  const minimal = request.preferences.return === 'minimal'
  const applied = appliedPreferences(request.preferences, operation.preferences)
  const headers: Record<string, string> = { ...cacheFields(request), etag: rowTag(row) }
  if (applied !== undefined) headers['preference-applied'] = applied
  if (created) headers.location = locationOf(operation, request, row)
  if (!minimal) headers['content-type'] = json
  const body = minimal ? '' : JSON.stringify(rowToValues(operation.model.fields, row))
  return { status: created ? 201 : minimal ? 204 : 200, headers, body }
}

function locationOf({ action }: Operation, request: FastifyRequest, row: Row): string {
  const path = request.url.replace(/\/?(?:\?.*)?$/s, '')
  const collection = action === 'create' ? path : path.slice(0, path.lastIndexOf('/'))
  return addressOf(request, collection, row[0] ?? null)
}

export function sendAnswer(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  reply.code(status).headers(headers)
  return body === '' ? reply.send() : reply.send(body)
}
