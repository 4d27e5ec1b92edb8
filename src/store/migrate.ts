// The wanted tables against the actual ones: what is missing is added, any other difference stops the start.

import { type Dialect, quote, type Statement, type Store, StoreError, type Work } from './store.ts'
import type { Index, Table } from './table.ts'

/** The definitions in force, of each column and index: what a later definition is compared with. */
const ledger = quote('_columns')

const createLedger = (dialect: Dialect) =>
  `create table if not exists ${ledger} ("table" text not null, "column" text not null, "definition" text not null, ` +
  `primary key ("table", "column")) ${dialect.tableOptions}`

/** A difference that is not made good by adding; the message says which, and what to do. */
export class MigrationError extends Error {}

export interface Migration {
  /** What was run, as SQL. */
  readonly statements: readonly string[]
  /** Whether there were no tables before: a new database. */
  readonly fresh: boolean
}

/**
 * Brings the database to the wanted tables, in one transaction. Adds tables and columns that are nullable or have a
 * default; makes and drops indexes. Throws a `MigrationError` that lists every other difference, and then changes nothing.
 */
export async function migrate(store: Store, tables: readonly Table[]): Promise<Migration> {
  return store.transact(() => migration(store.dialect, tables))
}

function* migration(dialect: Dialect, tables: readonly Table[]): Work<Migration> {
  for (const text of dialect.beforeMigration) yield plain(text)
  yield plain(createLedger(dialect))
  const actual = yield* readLedger()
  const plans = tables.flatMap(table => [
    planColumns(table, actual.get(table.name)),
    planIndexes(table, actual.get(table.name)),
  ])
  const differences = plans.flatMap(({ refused }) => refused)
  if (differences.length > 0) throw new MigrationError(advice(differences))
  for (const plan of plans) yield* carryOut(dialect, plan)
  return { statements: plans.flatMap(({ statements }) => statements), fresh: actual.size === 0 }
}

function* carryOut(dialect: Dialect, { table, statements, forgotten, added }: Plan): Work<void> {
  for (const statement of statements) {
    try {
      yield plain(statement)
    } catch (error) {
      throw error instanceof StoreError && error.code === 'unique' ? notUnique(table, statement) : error
    }
  }
  for (const entry of forgotten) yield forget(dialect, table, entry)
  for (const { name, definition } of added) yield remember(dialect, table, name, definition)
}

type Definitions = ReadonlyMap<string, string>

function* readLedger(): Work<ReadonlyMap<string, Definitions>> {
  const rows = yield plain(`select "table", "column", "definition" from ${ledger}`)
  const tables = new Map<string, Map<string, string>>()
  for (const [table, column, definition] of rows.map(row => row.map(String))) {
    const columns = tables.get(table as string) ?? new Map<string, string>()
    tables.set(table as string, columns.set(column as string, definition as string))
  }
  return tables
}

interface Plan {
  readonly table: string
  readonly statements: readonly string[]
  /** Entries of the ledger that are no longer so. */
  readonly forgotten: readonly string[]
  readonly added: readonly { readonly name: string; readonly definition: string }[]
  readonly refused: readonly string[]
}

function planColumns(table: Table, definitions: Definitions | undefined): Plan {
  const plan = { table: table.name, forgotten: [] }
  if (definitions === undefined) return { ...plan, statements: [table.create], added: table.columns, refused: [] }
  const actual = new Map([...definitions].filter(([entry]) => !isIndexEntry(entry)))
  const wanted = new Map(table.columns.map(({ name, definition }) => [name, definition]))
  const missing = table.columns.filter(({ name }) => !actual.has(name))
  const at = (column: string) => `${table.name}.${column}`
  return {
    ...plan,
    statements: missing.map(
      ({ name, definition }) => `alter table ${quote(table.name)} add column ${quote(name)} ${definition}`,
    ),
    added: missing,
    refused: [
      ...missing.filter(({ addable }) => !addable).map(({ name }) => `${at(name)} is new, required and has no default`),
      ...[...actual.keys()].filter(name => !wanted.has(name)).map(name => `${at(name)} is no longer defined`),
      ...[...actual]
        .filter(([name, definition]) => (wanted.get(name) ?? definition) !== definition)
        .map(([name, definition]) => `${at(name)} was "${definition}" and is now "${wanted.get(name)}"`),
    ],
  }
}

/** Indexes hold no data: one that is another now is dropped and made anew. */
function planIndexes({ name: table, indexes }: Table, actual: Definitions = new Map()): Plan {
  const wanted = new Map(indexes.map(index => [toIndexEntry(index), index.statement]))
  const stale = [...actual].filter(([entry, statement]) => isIndexEntry(entry) && wanted.get(entry) !== statement)
  const missing = indexes.filter(index => actual.get(toIndexEntry(index)) !== index.statement)
  return {
    table,
    statements: [
      ...stale.map(([entry]) => `drop index if exists ${quote(entry.slice(indexEntry.length))}`),
      ...missing.map(({ statement }) => ifNotExists(statement)),
    ],
    forgotten: stale.map(([entry]) => entry),
    added: missing.map(index => ({ name: toIndexEntry(index), definition: index.statement })),
    refused: [],
  }
}

/** In the ledger an index stands under a name that no column can have. */
const indexEntry = 'index '

function toIndexEntry({ name }: Index): string {
  return indexEntry + name
}

function isIndexEntry(entry: string): boolean {
  return entry.startsWith(indexEntry)
}

function notUnique(table: string, statement: string): MigrationError {
  return new MigrationError(
    `${table} has rows that share values which are now to be unique, so this was not done:\n  ${statement}\n` +
      'Change or delete those rows first, with the earlier definition.',
  )
}

function advice(differences: readonly string[]): string {
  return [
    'The database has rows of an older definition, and these differences are not made by adding:',
    ...differences.map(difference => `  ${difference}`),
    'Make a new field optional or give it a default, or start with another DATABASE_URL and load the data there.',
  ].join('\n')
}

function plain(text: string): Statement {
  return { text, values: [] }
}

function ifNotExists(createIndex: string): string {
  return createIndex.replace(/^create (unique )?index /, 'create $1index if not exists ')
}

function forget(dialect: Dialect, table: string, entry: string): Statement {
  const [first, second] = [dialect.placeholder(1), dialect.placeholder(2)]
  return { text: `delete from ${ledger} where "table" = ${first} and "column" = ${second}`, values: [table, entry] }
}

function remember(dialect: Dialect, table: string, column: string, definition: string): Statement {
  const [first, second, third] = [1, 2, 3].map(n => dialect.placeholder(n))
  return { text: `insert into ${ledger} values (${first}, ${second}, ${third})`, values: [table, column, definition] }
}
