// Callers of a service that asks for credentials.

import { randomBytes } from 'node:crypto'
import type { AccessPolicy } from '../../src/access/access.ts'
import { deriveModels } from '../../src/definitions/load.ts'
import { makeKey } from '../../src/keys/api-key.ts'
import { insertKey, type KeyTables, type NewKey, revokeKey } from '../../src/keys/key-record.ts'
import { selectMember } from '../../src/store/select.ts'
import type { Dialect, Store } from '../../src/store/store.ts'
import { modelToTable } from '../../src/store/table.ts'

export const required: AccessPolicy = { required: true, publicRead: new Set() }

export function keyTables(dialect: Dialect): KeyTables {
  const { keyModel, keySecretModel } = deriveModels([])
  return { keys: modelToTable(dialect, keyModel), secrets: modelToTable(dialect, keySecretModel) }
}

export interface Holder {
  readonly id: number
  readonly key: string
  /** The header fields of its requests. */
  readonly headers: { readonly authorization: string }
}

/** A key as the command line makes it: stored beside the service, which is not told. */
export async function holder(
  store: Store,
  scopes: readonly string[],
  more: Partial<NewKey> = {},
): Promise<Holder> {
  const key = makeKey(randomBytes(32))
  const wanted = { name: 'A test', scopes, ...more }
  const [id] = await store.transact(() =>
    insertKey(keyTables(store.dialect), wanted, { text: key, now: new Date() }),
  )
  return { id: Number(id), key, headers: { authorization: `Bearer ${key}` } }
}

/** Revokes a key as the command line does: in the database, and the service is not told. */
export async function revoke(store: Store, id: number): Promise<void> {
  const tables = keyTables(store.dialect)
  const [row = []] = await store.query(selectMember(tables.keys, id))
  await store.transact(() => revokeKey(tables, row, new Date()))
}
