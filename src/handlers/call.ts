// A call is one request to an operation, whoever makes it. It is read once, and a handler turns it into an answer.

import { hash } from 'node:crypto'
import type { Principal } from '../access/access.ts'
import type { Source } from '../access/caller.ts'
import type { Answer } from '../http/answer.ts'
import { type Conditions, etag, ifMatchHolds } from '../http/conditional.ts'
import { appliedPreferences, noPreferences, type Preferences } from '../http/prefer.ts'
import { Problem } from '../http/problem.ts'
import type { Representation } from '../http/representation.ts'
import type { Plan } from '../limits/plan.ts'
import type { Operation } from '../operations/operation.ts'
import type { Filter } from '../query/filter.ts'
import type { Field } from '../resource/field.ts'
import type { Model, Reference } from '../resource/model.ts'
import type { Log } from '../resource/resource.ts'
import {
  choose,
  type Row,
  rowToShown,
  type SqlValue,
  toStored,
  type Values,
} from '../resource/row.ts'
import { withComputed } from './computed.ts'

export interface Call {
  /** The id of the request in problems and in the log. */
  readonly id: string
  readonly method: string
  readonly principal: Principal
  readonly source: Source
  /** The caller's plan; undefined if requests are not limited. */
  readonly plan: Plan | undefined
  /** The beginning of the addresses in this call: `/v1`, or nothing. */
  readonly base: string
  /** The path without that base, with the query, as the caller wrote them. */
  readonly url: string
  /** The keys in the address, by their fields. */
  readonly keys: Readonly<Record<string, SqlValue>>
  /** The checked parameters of the query. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** The checked body; undefined for an operation without one. One with several rows is its text as a `Buffer`, unchecked. */
  readonly body: unknown
  /** The body as it was sent, or a digest of it, for a call with an Idempotency-Key. */
  readonly bodyText: string
  /** The media type of the body, without parameters. */
  readonly bodyType: string
  /** How the body of the response is written. */
  readonly representation: Representation
  readonly conditions: Conditions
  /** The number of the definition that the service has, among those that the tables were brought to. */
  readonly definition: number | string
  /** The resource as the caller sees it: without the fields that it may not read. */
  readonly seen: Model
  readonly preferences: Preferences
  readonly idempotencyKey: string | undefined
  readonly log: Log
  /** Counts the rows of its body in the quotas of its caller. Throws a `Problem` (429), and then counts nothing. */
  countRows(count: number): Promise<void>
  /** Waits for the turn of a large response. Throws a `Problem` (503) while there is no memory for it. */
  makeRoom(): Promise<void>
  /** Throws a `Problem` (503) while there is no memory for any response. A write asks before it begins, not when it is done. */
  requireRoom(): void
}

export type Handler = (call: Call) => Promise<Answer>

/** The key of the row that the address names, as it is stored. */
export function keyOf({ model }: Operation, { keys }: Call): SqlValue {
  return toStored(model.key, keys[model.key.name])
}

export function parentKey({ field }: Reference, { keys }: Pick<Call, 'keys'>): SqlValue {
  return toStored(field, keys[field.name])
}

/** The condition for the rows below the parent that the address names; none for an address without a parent. */
export function rowsBelow({ parent }: Operation, call: Call): readonly Filter[] {
  if (parent === undefined) return []
  return [{ field: parent.field, operator: 'eq', values: [parentKey(parent, call)] }]
}

/** The path without a trailing slash and without the query. */
export function pathOf({ url }: Call): string {
  return url.replace(/\/?(?:\?.*)?$/s, '')
}

export function addressOf({ base }: Call, collection: string, key: SqlValue): string {
  return `${base}${collection}/${encodeURIComponent(String(key))}`
}

/** A row with a column for each field and its revision last, and how it is shown. */
interface ShownRow {
  readonly row: Row
  readonly variant?: string | undefined
  /** The rows that are included with it. */
  readonly included?: Values | undefined
}

/** The strong tag of a row. */
export function rowTag(
  { model }: Operation,
  { definition }: Call,
  { row, variant, included }: ShownRow,
): string {
  const hasOthers = model.borrowed.length > 0 || included !== undefined
  const borrowed = hasOthers ? stateOfOthers(model, row, included) : undefined
  return etag(Number(row.at(-1)), { definition, borrowed, variant })
}

/** The shown values of other rows, which have revisions of their own. */
function stateOfOthers(
  { fields, borrowed }: Model,
  row: Row,
  included: Values | undefined,
): string {
  const values = borrowed.map(({ field }) => row[fields.indexOf(field)])
  const shown = included === undefined ? values : [values, included]
  return hash('sha256', JSON.stringify(shown), 'hex').slice(0, 16)
}

/** A row as callers see it. */
export function shownRow(model: Model, row: Row): Values {
  return model.computed.length === 0
    ? rowToShown(model, row)
    : choose(withComputed(model, row), model.shown)
}

/** 412 if the row is not in the state that the caller wants to read (RFC 9110 §13.1.1); checked before 304 (§13.2.2). */
export function requireMatch({ conditions }: Call, tag: string): void {
  if (!ifMatchHolds(conditions.ifMatch, tag))
    throw new Problem('preconditionFailed', { headers: { etag: tag } })
}

/** The result of a handler: an answer whose body is yet to be written. */
interface Result extends Omit<Answer, 'body'> {
  readonly value: unknown
  /** The fields of a row in the value; none where it has no rows of a resource. */
  readonly fields?: readonly Field[]
}

/** The answer with its body in the representation that the caller prefers. */
export function represent(
  { representation }: Call,
  { status, headers, value, fields = [] }: Result,
): Answer {
  const { contentType, write } = representation
  return {
    status,
    headers: { ...headers, 'content-type': contentType },
    body: write(value, fields),
  }
}

const common = Object.freeze({ 'cache-control': 'no-cache', vary: 'Accept, Prefer' })
/** A response to one caller is for nobody else, however a shared cache treats `Authorization` (RFC 9111 §3.5). */
const personal = Object.freeze({ ...common, 'cache-control': 'private, no-cache' })

/** Responses about secrets must not be stored. */
const secret = Object.freeze({ ...common, 'cache-control': 'no-store' })

/** The fields of every answer that may be cached, or that was negotiated (RFC 9110 §12.5.5, RFC 9111 §5.2.2.4). */
export function cacheFields({ kind }: Principal): Readonly<Record<string, string>> {
  return kind === 'key' || kind === 'token' ? personal : common
}

/** Those fields, and the preferences that were honoured. */
export function representationFields(
  operation: Operation,
  call: Call,
): Readonly<Record<string, string>> {
  const applied = preferenceFields(operation, call)
  const cache = operation.cacheable ? cacheFields(call.principal) : secret
  return applied === noFields ? cache : { ...cache, ...applied }
}

const noFields: Readonly<Record<string, string>> = Object.freeze({})

/** The preferences that were honoured (RFC 7240 §3). */
export function preferenceFields(
  { preferences: honoured }: Operation,
  call: Call,
): Readonly<Record<string, string>> {
  if (call.preferences === noPreferences) return noFields
  const applied = appliedPreferences(call.preferences, honoured)
  return applied === undefined ? noFields : { 'preference-applied': applied }
}
