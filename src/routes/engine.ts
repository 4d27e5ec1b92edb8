// What every handler works with, put together once at the start.

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AccessPolicy, Principal } from '../access/access.ts'
import type { KeyTables } from '../access/key-record.ts'
import type { KeyRing } from '../access/key-ring.ts'
import { ownRows } from '../access/ownership.ts'
import { etag } from '../http/conditional.ts'
import type { Operation } from '../http/operations.ts'
import { appliedPreferences, type Preferences } from '../http/prefer.ts'
import { Problem } from '../http/problem.ts'
import type { Filter } from '../query/filter.ts'
import type { Model, Reference } from '../resource/model.ts'
import { type SqlValue, toStored } from '../resource/row.ts'
import type { Shapes } from '../resource/shapes.ts'
import { selectMember } from '../store/select.ts'
import type { Store } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import type { Validate } from './validator.ts'

export interface Engine {
  readonly store: Store
  readonly models: readonly Model[]
  /** With the API keys, where there are credentials. */
  readonly served: readonly Model[]
  readonly tables: ReadonlyMap<string, Table>
  readonly idempotencyTable: Table
  readonly keyTables: KeyTables
  readonly keyRing: KeyRing
  readonly policy: AccessPolicy
  readonly shapes: ReadonlyMap<string, Shapes>
  /** Checks a whole row as an object, after a patch. */
  readonly validateState: (model: Model) => Validate
  readonly clock: () => Date
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the field Prefer. */
    preferences: Preferences
    /** Who asks; known from the hook `authorize` on. */
    principal: Principal
    /** The body as it came, where an Idempotency-Key came with it. */
    bodyText: string
  }
  interface FastifyContextConfig {
    operation?: Operation
  }
}

export function tableOf(engine: Engine, name: string): Table {
  const table = engine.tables.get(name)
  if (table === undefined) throw new Error(`There is no table '${name}'.`)
  return table
}

/** What the base of the address was: `/v1`, or nothing. Links answer with the same (see `rewriteVersion`). */
export function baseOf(request: FastifyRequest): string {
  return /^\/v1(?![^/?])/.test(request.originalUrl) ? '/v1' : ''
}

export type PathParameters = Readonly<Record<string, SqlValue>>

/** The key that the address gives, as it is stored. */
export function keyOf({ model }: Operation, request: FastifyRequest): SqlValue {
  return toStored(model.key, (request.params as PathParameters)[model.key.name])
}

/** The rows that an address reaches: below a parent its own, and of those with owners the caller's. */
export function scopeOf({ model, parent }: Operation, request: FastifyRequest): readonly Filter[] {
  const own = ownRows(request.principal, model)
  if (parent === undefined) return own
  return [{ field: parent.field, operator: 'eq', values: [parentKey(parent, request)] }, ...own]
}

export function parentKey(parent: Reference, request: FastifyRequest): SqlValue {
  return toStored(parent.field, (request.params as PathParameters)[parent.field.name])
}

/** 404 where the parent that the address names is not there. */
export async function requireParent(engine: Engine, { parent }: Operation, request: FastifyRequest): Promise<void> {
  if (parent === undefined) return
  const table = tableOf(engine, parent.model)
  const own = ownRows(request.principal, table.model)
  const found = await engine.store.query(selectMember(table, parentKey(parent, request), own))
  if (found.length === 0) throw new Problem('notFound')
}

/** The strong tag of a row, whose last column is its revision. */
export function rowTag(row: readonly SqlValue[], variant?: string): string {
  return etag(Number(row.at(-1)), variant)
}

export function addressOf(request: FastifyRequest, collection: string, key: SqlValue): string {
  return `${baseOf(request)}${collection}/${encodeURIComponent(String(key))}`
}

/** The fields of every answer that may be cached or chosen by negotiation (RFC 9110 §12.5.5, RFC 9111 §5.2.2.4). */
export function cacheFields({ principal: { kind } }: FastifyRequest): Readonly<Record<string, string>> {
  return kind === 'key' || kind === 'token' ? personal : common
}

const common = Object.freeze({ 'cache-control': 'no-cache', vary: 'Accept, Prefer' })
/** What one caller was answered is no other's, whatever a shared cache makes of `Authorization` (RFC 9111 §3.5). */
const personal = Object.freeze({ ...common, 'cache-control': 'private, no-cache' })

/** Says which preferences were heeded (RFC 7240 §3). */
export function applyPreferences(request: FastifyRequest, reply: FastifyReply, { preferences }: Operation): void {
  const applied = appliedPreferences(request.preferences, preferences)
  if (applied !== undefined) reply.header('preference-applied', applied)
}
