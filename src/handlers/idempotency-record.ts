// The record of a request with an Idempotency-Key: a resource like any other, but it is not served. The database's
// clock says how old it is, because instances may have clocks that differ.

import { Type } from '@sinclair/typebox'
import type { Answer } from '../http/answer.ts'
import { idempotencyKeyLifetime } from '../http/idempotency.ts'
import { CreatedAt, resource } from '../resource/resource.ts'
import { selectForUpdate } from '../store/select.ts'
import { quote, type Statement, type Work } from '../store/store.ts'
import type { Table } from '../store/table.ts'

const digest = () => Type.String({ minLength: 43, maxLength: 43, pattern: '^[A-Za-z0-9_-]*$' })

export const idempotencyRecords = resource(
  'idempotency_records',
  Type.Object({
    /** Digest of caller, method, path and key. */
    digest: digest(),
    /** Digest of what was sent. */
    fingerprint: digest(),
    status: Type.Optional(Type.Integer()),
    headers: Type.Optional(Type.String()),
    body: Type.Optional(Type.String({ maxLength: 100_000_000 })),
    created_at: CreatedAt(),
  }),
  {
    description: 'Requests that were made with an Idempotency-Key',
    key: 'digest',
    index: ['created_at'],
  },
)

export interface IdempotentRequest {
  readonly digest: string
  readonly fingerprint: string
}

export type Claim =
  | { readonly outcome: 'new' }
  | { readonly outcome: 'replayed'; readonly answer: Answer }
  | { readonly outcome: 'reused' }
  | { readonly outcome: 'unfinished' }

/** Claims the key for this request, unless an earlier request has it. */
export function* claimKey(table: Table, request: IdempotentRequest): Work<Claim> {
  const { digest, fingerprint } = request
  yield deleteIfExpired(table, digest)
  const [claimed] = yield insertIfAbsent(table, request)
  if (claimed !== undefined) return { outcome: 'new' }
  const [found] = yield selectForUpdate(table, digest)
  const [, foundFingerprint, status, headers, body] = found ?? []
  if (foundFingerprint !== fingerprint) return { outcome: 'reused' }
  if (typeof status !== 'number') return { outcome: 'unfinished' }
  return {
    outcome: 'replayed',
    answer: { status: Number(status), headers: JSON.parse(String(headers)), body: String(body) },
  }
}

/** Stores the answer under the key that the same transaction has claimed. */
export function keepAnswer({ dialect, name }: Table, digest: string, answer: Answer): Statement {
  const { status, headers, body } = answer
  const [first, second, third, fourth] = [1, 2, 3, 4].map(dialect.placeholder)
  return {
    text:
      `update ${quote(name)} set "status" = ${first}, "headers" = ${second}, "body" = ${third}, ` +
      `"_rev" = ${dialect.nextRevision} where "digest" = ${fourth}`,
    values: [status, JSON.stringify(headers), body, digest],
  }
}

/** How many records one transaction deletes: each may hold a large answer, and other requests wait meanwhile. */
export const expiredPortion = 100

/** Forgets the oldest expired records, up to `expiredPortion`. Returns how many they were. */
export function* forgetExpired(table: Table): Work<number> {
  const { dialect, name } = table
  const oldest = `select "digest" from ${quote(name)} where ${isExpired(table)} order by "created_at"`
  const forgotten = yield {
    text: `delete from ${quote(name)} where "digest" in (${oldest} limit ${dialect.placeholder(2)}) returning 1`,
    values: [lifetime, expiredPortion],
  }
  return forgotten.length
}

/** In seconds. */
const lifetime = idempotencyKeyLifetime / 1000

/** The first value is the lifetime. */
function isExpired({ dialect }: Table): string {
  return `"created_at" < ${dialect.secondsAgo(dialect.placeholder(1))}`
}

function deleteIfExpired(table: Table, digest: string): Statement {
  const { dialect, name } = table
  return {
    text: `delete from ${quote(name)} where ${isExpired(table)} and "digest" = ${dialect.placeholder(2)}`,
    values: [lifetime, digest],
  }
}

function insertIfAbsent(
  { dialect, name }: Table,
  { digest, fingerprint }: IdempotentRequest,
): Statement {
  const [first, second] = [dialect.placeholder(1), dialect.placeholder(2)]
  return {
    text:
      `insert into ${quote(name)} ("digest", "fingerprint", "created_at", "_rev") ` +
      `values (${first}, ${second}, ${dialect.secondsAgo('0')}, ${dialect.nextRevision}) ` +
      'on conflict do nothing returning 1',
    values: [digest, fingerprint],
  }
}
