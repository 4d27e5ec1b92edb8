// The wanted tables against the actual ones: what is missing is added, any other difference stops the start.

import { type Dialect, quote, type Statement, type Store, type Work } from './store.ts'
import type { Table } from './table.ts'

/** The definitions in force, column by column: what a later definition is compared with. */
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
 * Brings the database to the wanted tables, in one transaction. Adds tables, indexes and columns that are nullable or
 * have a default. Throws a `MigrationError` that lists every other difference, and then changes nothing.
 */
export async function migrate(store: Store, tables: readonly Table[]): Promise<Migration> {
  return store.transact(() => migration(store.dialect, tables))
}

function* migration(dialect: Dialect, tables: readonly Table[]): Work<Migration> {
  yield plain(createLedger(dialect))
  const actual = yield* readLedger()
  const plans = tables.map(table => planTable(table, actual.get(table.name)))
  const differences = plans.flatMap(({ refused }) => refused)
  if (differences.length > 0) throw new MigrationError(advice(differences))
  const statements = plans.flatMap(plan => plan.statements)
  for (const statement of statements) yield plain(statement)
  for (const [index, { added }] of plans.entries())
    for (const { name, definition } of added) yield remember(dialect, tables[index]?.name ?? '', name, definition)
  for (const { indexes } of tables) for (const { statement } of indexes) yield plain(ifNotExists(statement))
  return { statements, fresh: actual.size === 0 }
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

interface TablePlan {
  readonly statements: readonly string[]
  readonly added: readonly { readonly name: string; readonly definition: string }[]
  readonly refused: readonly string[]
}

function planTable(table: Table, actual: Definitions | undefined): TablePlan {
  if (actual === undefined) return { statements: [table.create], added: table.columns, refused: [] }
  const wanted = new Map(table.columns.map(({ name, definition }) => [name, definition]))
  const missing = table.columns.filter(({ name }) => !actual.has(name))
  const at = (column: string) => `${table.name}.${column}`
  return {
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

function remember(dialect: Dialect, table: string, column: string, definition: string): Statement {
  const [first, second, third] = [1, 2, 3].map(n => dialect.placeholder(n))
  return { text: `insert into ${ledger} values (${first}, ${second}, ${third})`, values: [table, column, definition] }
}
