// The store behind an address: `sqlite:<file>` or `postgres://…`.

import { postgresDialect } from './postgres/dialect.ts'
import { openPostgres } from './postgres/driver.ts'
import { sqliteDialect } from './sqlite/dialect.ts'
import { openSqlite } from './sqlite/driver.ts'
import type { Store } from './store.ts'

/**
 * Opens the database at `url`. `exclusive`: as the one process that serves a SQLite file; a server is shared. Throws an
 * Error that says what to do when the address is not known or the file cannot be had.
 */
export function openStore(url: string, { exclusive }: { exclusive: boolean }): Store {
  if (/^postgres(?:ql)?:\/\//.test(url)) return openPostgres({ url, dialect: postgresDialect })
  const file = /^sqlite:(?<file>.+)$/.exec(url)?.groups?.file
  if (file !== undefined) return openSqlite({ file, dialect: sqliteDialect, exclusive })
  throw new Error(
    `DATABASE_URL is '${url}'; it must be sqlite:<file>, such as sqlite:./data/restwell.db, or postgres://<user>:<password>@<host>/<database>`,
  )
}
