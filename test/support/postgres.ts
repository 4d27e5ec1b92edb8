// An empty PostgreSQL database for one test: a schema of its own on the server of the run.

import { randomUUID } from 'node:crypto'
import type postgres from 'postgres'
import type { Test } from 'tap'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { connectTo, readAddress } from './postgres-server.ts'
import { remember } from './remember.ts'

/** The address from the environment, or of the server started before the run. */
export function serverUrl(): string {
  const url = process.env.TEST_POSTGRES_URL || readAddress()?.url
  if (url === undefined)
    throw new Error(
      'There is no PostgreSQL server: run the tests with npm test, or set TEST_POSTGRES_URL.',
    )
  return url
}

export async function emptyPostgres(t: Test): Promise<string> {
  const { url, drop } = await createSchema(serverUrl())
  t.teardown(drop)
  return url
}

/** An open store on an empty database. `settings`: of its sessions, such as `lock_timeout`. */
export async function openEmptyPostgres(
  t: Test,
  settings: Readonly<Record<string, string>> = {},
): Promise<Store> {
  const url = new URL(await emptyPostgres(t))
  for (const [name, value] of Object.entries(settings)) url.searchParams.set(name, value)
  const store = openStore(url.href, { exclusive: false })
  t.teardown(() => store.close())
  return store
}

/** Runs statements one after the other, in one transaction. */
export function runAll(store: Store, ...texts: readonly string[]): Promise<void> {
  return store.transact(function* () {
    for (const text of texts) yield { text, values: [] }
  })
}

export interface EmptySchema {
  readonly url: string
  drop(): Promise<void>
}

/** An empty schema of its own, and the address that leads into it, perhaps by a pooler. */
export async function createSchema(server: string): Promise<EmptySchema> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await administer(server, `create schema ${name}`)
  const url = new URL(process.env.TEST_POSTGRES_POOLER ?? server)
  url.searchParams.set('search_path', name)
  return { url: url.href, drop: () => administer(server, `drop schema ${name} cascade`) }
}

/** A session beside the store's, of the same schema. */
export async function beside(t: Test, store: Store): Promise<postgres.Sql> {
  const [[schema] = []] = await store.query({ text: 'select current_schema()', values: [] })
  const connection = { search_path: String(schema) }
  const sql = connectTo(serverUrl(), { connection })
  t.teardown(() => sql.end({ timeout: 1 }))
  return sql
}

/**
 * One session for the schemas of all tests of a process, since to begin one takes longer than to make a schema. It ends when it
 * has nothing to do for a second. It reads no row, so it need not ask which types there are.
 */
const administration = remember((server: string) =>
  connectTo(server, { fetch_types: false, idle_timeout: 1 }),
)

async function administer(server: string, statement: string): Promise<void> {
  await administration(server).unsafe(statement)
}
