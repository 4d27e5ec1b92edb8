// The statements on API keys and their secrets.

import type { Caller } from '../resource/caller.ts'
import { type Row, type SqlValue, valuesToRow } from '../resource/row.ts'
import { plain, quote, type Statement, type Work } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import { deleteRow, insertRow, updateRow } from '../store/write.ts'
import { keyDigest, shownLength } from './api-key.ts'
import type { NoticedKey } from './key-audit.ts'

export interface KeyTables {
  readonly keys: Table
  readonly secrets: Table
}

export function keyTables(tableOf: (name: string) => Table): KeyTables {
  return { keys: tableOf('keys'), secrets: tableOf('key_secrets') }
}

export interface NewKey {
  readonly name: string
  readonly scopes: readonly string[]
  readonly claims?: Caller['claims'] | null
  readonly plan?: string | null
  readonly expires_at?: string | null
}

/** A secret about to be stored: its text is not. */
export interface Secret {
  readonly text: string
  readonly now: Date
}

/** Whether a key that expires then is refused already. */
export function hasExpired(expiresAt: unknown, now: Date): boolean {
  return typeof expiresAt === 'string' && Date.parse(expiresAt) <= now.getTime()
}

/** Stores a key; gives its row. */
export function* insertKey(
  { keys: table, secrets }: KeyTables,
  key: NewKey,
  secret: Secret,
): Work<Row> {
  const created_at = secret.now.toISOString()
  const values = { ...key, prefix: secret.text.slice(0, shownLength), created_at }
  const [row = []] = yield insertRow(table, valuesToRow(table.model.fields, values))
  yield insertSecret(secrets, row[0] ?? null, secret)
  return row
}

/** Gives the key of this row another secret; its old secrets end after `gracePeriod` ms. Returns the row. */
export function* rotateKey(
  { keys: table, secrets }: KeyTables,
  row: Row,
  secret: Secret,
  gracePeriod: number,
): Work<Row> {
  const [id = null] = row
  yield endSecrets(secrets, id, new Date(secret.now.getTime() + gracePeriod))
  yield insertSecret(secrets, id, secret)
  const prefix = table.model.fields.findIndex(({ name }) => name === 'prefix')
  const [rotated = []] = yield updateRow(
    table,
    row.slice(0, -1).with(prefix, secret.text.slice(0, shownLength)),
    row.at(-1) ?? null,
  )
  return rotated
}

/** Marks the key of this row as deleted, and ends its secrets: that is what every instance looks at. */
export function* revokeKey({ keys: table, secrets }: KeyTables, row: Row, now: Date): Work<void> {
  const [id = null] = row
  yield endSecrets(secrets, id, now)
  yield deleteRow(table, id, row.at(-1) ?? null, now)
}

function insertSecret(table: Table, key: SqlValue, { text, now }: Secret): Statement {
  return insertRow(table, [null, keyDigest(text), key, null, now.toISOString()])
}

function endSecrets({ dialect }: Table, key: SqlValue, at: Date): Statement {
  const [first, second] = [dialect.placeholder(1), dialect.placeholder(2)]
  return {
    text:
      `update "key_secrets" set "expires_at" = ${first}, "_rev" = ${dialect.nextRevision} ` +
      `where "key_id" = ${second} and ("expires_at" is null or "expires_at" > ${first})`,
    values: [at.toISOString(), key],
  }
}

/** The record of a secret in the database, found by its digest. */
export interface FoundKey {
  readonly id: number
  readonly scopes: readonly string[]
  readonly plan: string | undefined
  readonly claims: Caller['claims']
  /** In ms; infinite for a secret that does not expire. */
  readonly expiresAt: number
}

export function selectSecret({ dialect }: Table, digest: string): Statement {
  return {
    text:
      'select k."id", k."scopes", k."plan", k."claims", k."expires_at", s."expires_at" from "key_secrets" s ' +
      `join "keys" k on k."id" = s."key_id" where s."digest" = ${dialect.placeholder(1)} and k."_deleted_at" is null`,
    values: [digest],
  }
}

export function rowToFoundKey([id, scopes, plan, claims = null, ...ends]: Row): FoundKey {
  const times = ends.flatMap(end => (typeof end === 'string' ? [Date.parse(end)] : []))
  return {
    id: Number(id),
    scopes: JSON.parse(String(scopes)),
    plan: typeof plan === 'string' ? plan : undefined,
    claims: claims === null ? {} : JSON.parse(String(claims)),
    expiresAt: Math.min(Number.POSITIVE_INFINITY, ...times),
  }
}

/**
 * The first changes whenever a key is made, rotated or revoked. The sum, not the maximum: a transaction that commits
 * later may have taken a lower revision. The maximum tells which keys have changed since.
 */
export const selectMark: Statement = {
  text: 'select coalesce(sum("_rev"), 0), coalesce(max("_rev"), 0) from "key_secrets"',
  values: [],
}

/** How many changed keys one log line names. */
const maxNoticed = 20

/** The keys whose secrets have changed since a revision: id, name, scopes, when revoked. */
export function selectChangedSince({ dialect }: Table, revision: number): Statement {
  return {
    text:
      'select "id", "name", "scopes", "_deleted_at" from "keys" where "id" in ' +
      `(select "key_id" from "key_secrets" where "_rev" > ${dialect.placeholder(1)}) order by "id" limit ${maxNoticed}`,
    values: [revision],
  }
}

export function rowToNoticedKey([id, name, scopes, revokedAt]: Row): NoticedKey {
  return { id: Number(id), name, scopes: JSON.parse(String(scopes)), revoked: revokedAt !== null }
}

export const keyTable = 'keys'

/** How many keys there are, including revoked ones. */
export const countKeys = plain(`select count(*) from ${quote(keyTable)}`)

/**
 * Records when a key was used, unless another instance has recorded a later time. The revision does not change: otherwise
 * nobody could revoke a key in use with the `ETag` that they have read.
 */
export function recordUse({ dialect }: Table, key: number, at: Date): Statement {
  const [first, second] = [dialect.placeholder(1), dialect.placeholder(2)]
  return {
    text:
      `update "keys" set "last_used_at" = ${first} ` +
      `where "id" = ${second} and ("last_used_at" is null or "last_used_at" < ${first})`,
    values: [at.toISOString(), key],
  }
}

/** For the command line: id, name, prefix, scopes, plan, last used, expiry, revoked at. */
export const selectAllKeys: Statement = {
  text:
    'select "id", "name", "prefix", "scopes", "plan", "last_used_at", "expires_at", "_deleted_at" from "keys" ' +
    'order by "id"',
  values: [],
}
