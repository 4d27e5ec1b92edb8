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

export const idempotencyResource = resource(
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

/** How many records one transaction deletes: each may hold a large answer, and other requests wait meanwhile. */
export const expiredPortion = 100

/** In seconds. */
const lifetime = idempotencyKeyLifetime / 1000

export class IdempotencyRecords {
  readonly table: Table
  readonly #text: RecordText

  constructor(table: Table) {
    this.table = table
    this.#text = recordText(table)
  }

  /** Claims the key for this request, unless an earlier request has it. */
  *claim({ digest, fingerprint }: IdempotentRequest): Work<Claim> {
    yield { text: this.#text.deleteIfExpired, values: [lifetime, digest] }
    const [claimed] = yield { text: this.#text.insertIfAbsent, values: [digest, fingerprint] }
    if (claimed !== undefined) return { outcome: 'new' }
    const [found] = yield selectForUpdate(this.table, digest)
    const [, foundFingerprint, status, headers, body] = found ?? []
    if (foundFingerprint !== fingerprint) return { outcome: 'reused' }
    if (typeof status !== 'number') return { outcome: 'unfinished' }
    return {
      outcome: 'replayed',
      answer: { status, headers: JSON.parse(String(headers)), body: String(body) },
    }
  }

  /** Stores the answer under the key that the same transaction has claimed. */
  keep(digest: string, { status, headers, body }: Answer): Statement {
    return { text: this.#text.keep, values: [status, JSON.stringify(headers), body, digest] }
  }

  /** Forgets the oldest expired records, up to `expiredPortion`. Returns how many they were. */
  *forgetExpired(): Work<number> {
    const { length } = yield { text: this.#text.forgetExpired, values: [lifetime, expiredPortion] }
    return length
  }
}

/** Statements without their values, made once. */
interface RecordText {
  readonly deleteIfExpired: string
  readonly insertIfAbsent: string
  readonly keep: string
  readonly forgetExpired: string
}

function recordText({ name, dialect }: Table): RecordText {
  const table = quote(name)
  const { nextRevision, secondsAgo } = dialect
  const [first, second, third, fourth] = [1, 2, 3, 4].map(n => dialect.placeholder(n))
  const isExpired = `"created_at" < ${secondsAgo(dialect.placeholder(1))}`
  const oldest = `select "digest" from ${table} where ${isExpired} order by "created_at" limit ${second}`
  return {
    deleteIfExpired: `delete from ${table} where ${isExpired} and "digest" = ${second}`,
    insertIfAbsent:
      `insert into ${table} ("digest", "fingerprint", "created_at", "_rev") ` +
      `values (${first}, ${second}, ${secondsAgo('0')}, ${nextRevision}) ` +
      'on conflict do nothing returning 1',
    keep:
      `update ${table} set "status" = ${first}, "headers" = ${second}, "body" = ${third}, ` +
      `"_rev" = ${nextRevision} where "digest" = ${fourth}`,
    forgetExpired: `delete from ${table} where "digest" in (${oldest}) returning 1`,
  }
}
