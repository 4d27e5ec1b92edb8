// A database for one service under test: SQLite in memory, or a schema of its own on a PostgreSQL server.

import { randomUUID } from 'node:crypto'
import { fileOf, openStore } from '../store/open.ts'
import { plain, type Store } from '../store/store.ts'

export interface TestDatabase {
  readonly store: Store
  /** Lets go of the database, and removes what was made. */
  close(): Promise<void>
}

export async function openTestDatabase(url = 'sqlite::memory:'): Promise<TestDatabase> {
  if (fileOf(url) === undefined) return openSchema(url)
  const store = openStore(url, { exclusive: true })
  return { store, close: () => store.close() }
}

async function openSchema(url: string): Promise<TestDatabase> {
  const server = openStore(url, { exclusive: false, connections: 1 })
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const own = new URL(url)
  own.searchParams.set('search_path', name)
  await server.session(session => session.run(plain(`create schema ${name}`)))
  const store = openStore(own.href, { exclusive: false })
  const close = async () => {
    await store.close()
    await server.session(session => session.run(plain(`drop schema ${name} cascade`)))
    await server.close()
  }
  return { store, close }
}
