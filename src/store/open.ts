// The store behind an address: `sqlite:<file>` or `postgres://…`.

import { existsSync } from 'node:fs'
import { postgresDialect } from './postgres/dialect.ts'
import { openPostgres } from './postgres/driver.ts'
import { sqliteDialect } from './sqlite/dialect.ts'
import { openSqlite } from './sqlite/driver.ts'
import type { Dialect, Store, StoreLog } from './store.ts'

/** Those of all databases, whichever is used. */
export const dialects: readonly Dialect[] = [sqliteDialect, postgresDialect]

export interface StoreOptions {
  /** As the one process that serves a SQLite file; a server is shared. */
  readonly exclusive: boolean
  /** Of a server: connections at the most. */
  readonly connections?: number
  /** Of a server: how long, in ms, to wait for it at the start. */
  readonly startTimeout?: number
  /** Of a server: where `PGPASSWORD`, `PGSSLROOTCERT` and the like may say what the address does not. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly log?: StoreLog
}

/**
 * Opens the database at `url`. Throws an Error that says what to do when the address is not known or the file cannot be
 * had; a server is looked for when it is first asked.
 */
export function openStore(url: string, { exclusive, ...server }: StoreOptions): Store {
  const file = fileOf(url)
  if (file === undefined) return openPostgres({ url, dialect: postgresDialect, ...server })
  const { log } = server
  return openSqlite({ file, dialect: sqliteDialect, exclusive, ...(log && { log }) })
}

/** The address of a database that is only looked at: an empty one instead of a file that is not there, which makes none. */
export function lookedAt(url: string): string {
  const file = fileOf(url)
  return file === undefined || existsSync(file) ? url : 'sqlite::memory:'
}

/** The file that an address names, or undefined where it is a server's. Throws an Error where it is neither. */
export function fileOf(url: string): string | undefined {
  if (/^postgres(?:ql)?:\/\//.test(url)) return undefined
  const file = /^sqlite:(?<file>.+)$/.exec(url)?.groups?.file
  if (file?.startsWith('~'))
    throw new Error(`DATABASE_URL is '${url}'; ~ is only known to a shell: write the whole path`)
  if (file !== undefined) return file
  // What follows the scheme, or stands where there is none, may be a password.
  const scheme = /^([a-z][a-z\d+.-]*):\/\//i.exec(url)?.[1]
  throw new Error(
    `DATABASE_URL ${scheme === undefined ? 'has no scheme' : `begins with ${scheme}:`}; it must be sqlite:<file>, such as sqlite:./data/restwell.db, or postgres://<user>:<password>@<host>/<database>`,
  )
}
