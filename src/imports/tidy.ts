// Forgets what nobody needs any more: the texts of imports that have ended, and old records.

import { type Engine, tableOf } from '../handlers/engine.ts'
import { only } from '../store/only.ts'
import type { Statement } from '../store/store.ts'
import { ImportTables } from './import-tables.ts'

/** How many parts of a text, which are large, or records are deleted in one transaction. */
const portion = 16

/** Deletes the text of an import. */
export async function dropText(engine: Engine, upload: string): Promise<void> {
  const tables = new ImportTables(name => tableOf(engine, name))
  await deleteAll(engine, tables.deleteParts(upload, portion))
}

/** Deletes the records of imports that ended so many seconds ago, and texts that were left behind. */
export async function tidyImports(engine: Engine, seconds: number): Promise<void> {
  const tables = new ImportTables(name => tableOf(engine, name))
  await deleteAll(engine, tables.forget(seconds, portion))
  const useless = await engine.store.query(tables.selectUseless(portion))
  for (const [upload] of useless) await dropText(engine, String(upload))
}

async function deleteAll({ store }: Engine, statement: Statement): Promise<void> {
  for (;;) {
    const deleted = await store.transact(() => only(statement))
    if (deleted.length < portion) return
  }
}
