// The definition that the tables were last brought to, by a look that changes nothing.

import type { Dialect, Work } from '../store.ts'
import type { Table } from '../table.ts'
import { readCatalog } from './catalog.ts'
import type { Definition } from './definition.ts'
import { definitionBefore } from './definition-before.ts'
import { pendingFiles, readFileLedger } from './files.ts'
import { readLedger, readUnfinished } from './ledger.ts'
import { MigrationError, type MigrationFile } from './migration.ts'

/** The known state of the tables, as far as it matters to the wanted ones. Throws a `MigrationError` where a step must be finished first. */
export function* readCurrent(
  dialect: Dialect,
  files: readonly MigrationFile[],
  tables: readonly Table[],
): Work<Definition> {
  const found = yield* readCatalog(dialect)
  if (!found.get('_definitions')?.columns.has('finished'))
    throw new MigrationError(['it has no tables yet: a start makes them as they are defined'])
  if ((yield* readUnfinished()) !== undefined)
    throw new MigrationError(["a migration was not finished: run 'migrate' first"])
  const { pending, mistakes } = pendingFiles(files, yield* readFileLedger())
  const waiting = pending.map(
    ({ name }) => `${name} is to be run: run 'migrate' first, or write into that file`,
  )
  const reasons = [...mistakes, ...waiting].map(reason => `migrations/${dialect.name}/${reason}`)
  const entries = yield* readLedger()
  if (reasons.length > 0 || entries.length === 0) throw new MigrationError(reasons)
  return definitionBefore(entries, tables, found)
}
