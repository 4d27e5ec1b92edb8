// The store behind an address: `sqlite:<file>` or `postgres://…`.

import { existsSync } from 'node:fs'
import { observed, type StoreObserver } from './observer.ts'
import { postgresDialect } from './postgres/dialect.ts'
import { openPostgres } from './postgres/driver.ts'
import { sqliteDialect } from './sqlite/dialect.ts'
import { type DiskUse, diskUseOf } from './sqlite/disk.ts'
import { openSqlite } from './sqlite/driver.ts'
import type { Dialect, Store, StoreLog } from './store.ts'
import type { Turns } from './turns.ts'

/** The options of all databases, whichever is used. */
export const dialects: readonly Dialect[] = [sqliteDialect, postgresDialect]

export interface StoreOptions {
  /** Whether this is the only process that serves the SQLite file. Servers are shared. */
  readonly exclusive: boolean
  /** How many processes serve the database together on this machine; 1 by default. */
  readonly processes?: number
  /** The turns in which they write to an SQLite file. */
  readonly turns?: Turns
  /** For a server: the maximum number of connections. */
  readonly connections?: number
  /** For a server: how long, in ms, to wait for it at the start. */
  readonly startTimeout?: number
  /** For a server: the variables (`PGPASSWORD`, `PGSSLROOTCERT`, …) that complete the address. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly log?: StoreLog
  readonly observer?: StoreObserver
}

/**
 * Opens the database at `url`. Throws an Error that says what to do if the address is unknown or the file cannot be
 * opened. A server is contacted only when it is needed.
 */
export function openStore(url: string, options: StoreOptions): Store {
  const store = openDriver(url, options)
  return options.observer === undefined ? store : observed(store, options.observer)
}

function openDriver(
  url: string,
  { exclusive, processes = 1, turns, ...server }: StoreOptions,
): Store {
  const file = fileOf(url)
  if (file === undefined) return openPostgres({ url, dialect: postgresDialect, ...server })
  const { log, observer } = server
  const told = { ...(log && { log }), ...(observer && { observer }), ...(turns && { turns }) }
  return openSqlite({ file, dialect: sqliteDialect, exclusive, processes, ...told })
}

/** Undefined for a server, and for a database in memory. */
export function diskUse({ dialect, location }: Store): DiskUse | undefined {
  return dialect.name === 'sqlite' && location !== ':memory:' ? diskUseOf(location) : undefined
}

/** The address for commands that only read. It is an empty database in memory if the file does not exist, so that none is made. */
export function lookedAt(url: string): string {
  const file = fileOf(url)
  return file === undefined || existsSync(file) ? url : 'sqlite::memory:'
}

/** Whether it is the address of a server, or else names a file. */
export function isServer(url: string): boolean {
  return fileOf(url) === undefined
}

/** The file that an address names; undefined for the address of a server. Throws an Error for any other address. */
export function fileOf(url: string): string | undefined {
  if (/^postgres(?:ql)?:\/\//.test(url)) return undefined
  const file = /^sqlite:(?<file>.+)$/.exec(url)?.groups?.file
  if (file?.startsWith('~'))
    throw new Error(`DATABASE_URL is '${url}'; ~ is only known to a shell: write the whole path`)
  if (file !== undefined) return file
  // The text after the scheme, or a text without a scheme, may be a password, so it is not shown.
  const scheme = /^([a-z][a-z\d+.-]*):\/\//i.exec(url)?.[1]
  throw new Error(
    `DATABASE_URL ${scheme === undefined ? 'has no scheme' : `begins with ${scheme}:`}; it must be sqlite:<file>, such as sqlite:./data/restwell.db, or postgres://<user>:<password>@<host>/<database>`,
  )
}
