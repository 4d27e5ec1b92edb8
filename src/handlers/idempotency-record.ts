// The record of a request made with an Idempotency-Key: a resource like any other, but served to nobody.

import { Type } from '@sinclair/typebox'
import type { Answer } from '../http/answer.ts'
import { CreatedAt, resource } from '../resource/resource.ts'
import type { SqlValue } from '../resource/row.ts'
import { selectForUpdate } from '../store/select.ts'
import { quote, type Work } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import { updateRow } from '../store/write.ts'

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
  { description: 'Requests that were made with an Idempotency-Key', key: 'digest', index: ['created_at'] },
)

export interface IdempotentRequest {
  readonly digest: string
  readonly fingerprint: string
  readonly now: Date
  /** In milliseconds; an older record does not count. */
  readonly lifetime: number
}

export type Claim =
  | { readonly outcome: 'new'; readonly revision: SqlValue }
  | { readonly outcome: 'replayed'; readonly answer: Answer }
  | { readonly outcome: 'reused' }
  | { readonly outcome: 'unfinished' }

/** Takes the key for this request, unless one of the same key came before. */
export function* claimKey(table: Table, request: IdempotentRequest): Work<Claim> {
  const { digest, fingerprint, now, lifetime } = request
  yield deleteExpired(table, new Date(now.getTime() - lifetime), digest)
  const values = [digest, fingerprint, null, null, null, now.toISOString()]
  const [claimed] = yield { text: table.text.insertIfAbsent, values }
  if (claimed !== undefined) return { outcome: 'new', revision: claimed.at(-1) ?? null }
  const [found] = yield selectForUpdate(table, digest)
  const [, foundFingerprint, status, headers, body] = found ?? []
  if (foundFingerprint !== fingerprint) return { outcome: 'reused' }
  if (typeof status !== 'number') return { outcome: 'unfinished' }
  return {
    outcome: 'replayed',
    answer: { status: Number(status), headers: JSON.parse(String(headers)), body: String(body) },
  }
}

/** Keeps the answer under the key that the same transaction has claimed. */
export function* keepAnswer(
  table: Table,
  { digest, fingerprint, now }: IdempotentRequest,
  revision: SqlValue,
  { status, headers, body }: Answer,
): Work<void> {
  yield updateRow(table, [digest, fingerprint, status, JSON.stringify(headers), body, now.toISOString()], revision)
}

/** How many records one transaction forgets: each may hold a large answer, and other requests wait meanwhile. */
export const expiredPortion = 100

/** Forgets the oldest records made before this time, up to `expiredPortion`. Gives how many they were. */
export function* forgetExpired({ dialect, name }: Table, before: Date): Work<number> {
  const [time, limit] = [dialect.placeholder(1), dialect.placeholder(2)]
  const oldest = `select "digest" from ${quote(name)} where "created_at" < ${time} order by "created_at" limit ${limit}`
  const forgotten = yield {
    text: `delete from ${quote(name)} where "digest" in (${oldest}) returning 1`,
    values: [before.toISOString(), expiredPortion],
  }
  return forgotten.length
}

/** Forgets the records made before this time: all of them, or the one. */
export function deleteExpired({ dialect, name }: Table, before: Date, digest?: string) {
  const one = digest === undefined ? '' : ` and "digest" = ${dialect.placeholder(2)}`
  return {
    text: `delete from ${quote(name)} where "created_at" < ${dialect.placeholder(1)}${one}`,
    values: [before.toISOString(), ...(digest === undefined ? [] : [digest])],
  }
}
