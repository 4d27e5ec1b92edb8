// The goal of `migrate --to`: a definition that the database remembers.

import { join } from 'node:path'
import { loadMigrations, migrationsFolder } from '../definitions/load.ts'
import { toTables } from '../store/migration/definition.ts'
import { valueToSql } from '../store/migration/file/script.ts'
import { definitionOf, type LedgerEntry, readHistory } from '../store/migration/ledger.ts'
import type { Wanted } from '../store/migration/migration.ts'
import type { Store } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import { fieldMistakes } from '../validation/validator.ts'
import { type CommandCall, UsageError } from './command.ts'
import { readFills } from './migration-answers.ts'

/** `options`: `to`, and `fill` for rows that have no value. */
export async function earlierDefinition(
  store: Store,
  { to, fill }: CommandCall['options'],
  folder = migrationsFolder,
): Promise<Wanted> {
  const { dialect } = store
  const entry = await find(store, String(to))
  const definition = definitionOf(entry)
  const tables = toTables(dialect, definition)
  return {
    tables,
    files: await loadMigrations(join(folder, dialect.name)),
    earlier: {
      position: Number(entry.position),
      files: definition.files,
      fills: fillsOf(tables, fill),
    },
    findMistake: fieldMistakes(),
    version: entry.version,
    now: new Date().toISOString(),
  }
}

async function find(store: Store, to: string): Promise<LedgerEntry> {
  if (!/^[1-9]\d*$/.test(to))
    throw new UsageError(`--to needs the number of a definition, not '${to}'.`)
  const entries = await store.transact(() => readHistory(store.dialect))
  const entry = entries.find(({ position }) => String(position) === to)
  if (entry !== undefined) return entry
  throw new Error(
    `there is no definition ${to} in ${store.location}: 'migrate history' lists those that there are`,
  )
}

function fillsOf(tables: readonly Table[], said: unknown): ReadonlyMap<string, string> {
  return new Map(
    [...readFills(tables, said)].map(([at, value]) => {
      const table = tables.find(({ name }) => name === at.split('.')[0])
      const field = table?.model.fields.find(({ name }) => name === at.split('.')[1])
      if (table === undefined || field === undefined || field.nullable)
        throw new UsageError(`--fill ${at}: that definition asks for no value in ${at}.`)
      return [at, valueToSql(table.dialect, field, value)] as const
    }),
  )
}
