// The store behind an address: `sqlite:<file>`.

import { sqliteDialect } from './sqlite/dialect.ts'
import { openSqlite } from './sqlite/driver.ts'
import type { Store } from './store.ts'

/**
 * Opens the database at `url`. `exclusive`: as the one process that serves it. Throws an Error that says what to do
 * when the address is not known or the database cannot be had.
 */
export function openStore(url: string, { exclusive }: { exclusive: boolean }): Store {
  const file = /^sqlite:(?<file>.+)$/.exec(url)?.groups?.file
  if (file === undefined)
    throw new Error(`DATABASE_URL is '${url}'; it must be sqlite:<file>, such as sqlite:./data/restwell.db`)
  return openSqlite({ file, dialect: sqliteDialect, exclusive })
}
