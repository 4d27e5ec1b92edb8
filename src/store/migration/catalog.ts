// The tables as they are, read from the database's own catalog.

import { type Dialect, quote, type Work } from '../store.ts'

export interface ActualTable {
  readonly columns: ReadonlyMap<string, ActualColumn>
  /** The columns of its primary key. */
  readonly key: readonly string[]
  /** The name of that constraint, where it has one. */
  readonly keyConstraint: string | undefined
  /** Its constraints, but for its keys, each with a text whose first name in quotes is the column that it is about. */
  readonly constraints: ReadonlyMap<string, string>
  readonly references: readonly ActualReference[]
  readonly indexes: ReadonlyMap<string, ActualIndex>
  /** The names of indexes and constraints that do not hold yet: a migration that was killed has left them. */
  readonly unfinished: ReadonlyMap<string, UnfinishedKind>
  /** The statements that make its triggers again, where a table is rebuilt. */
  readonly triggers: readonly string[]
}

export type UnfinishedKind = 'check' | 'reference' | 'index'

export interface ActualColumn {
  /** As the dialect writes it. */
  readonly type: string
  readonly nullable: boolean
  /** An expression, as the database writes it. */
  readonly default: string | null
  /** Whether the database numbers its rows, and never twice. */
  readonly identity: boolean
}

/** Whether a row must be given a value for it. */
export function asksForValue({ nullable, default: standard, identity }: ActualColumn): boolean {
  return !nullable && standard === null && !identity
}

/** Whether a check is there and about the column, which is the first that a check of ours names. */
export function isHeld({ constraints }: ActualTable, check: string, column: string): boolean {
  const [about] = /"(?:[^"]|"")*"/.exec(constraints.get(check) ?? '') ?? []
  return about === quote(column)
}

/** A column that refers to a table, by what the database says; a name may be as old as the table. */
export interface ActualReference {
  readonly column: string
  readonly target: string
  /** The name of the constraint, where the database tells it. */
  readonly name: string | null
  /** Whether the database changes or deletes a row with the one that it refers to; told where tables are made anew. */
  readonly follows?: boolean
}

interface ActualIndex {
  readonly unique: boolean
  /** Its columns in order; an expression has none. */
  readonly columns: readonly string[]
  /** The statement that makes it again, where a table is rebuilt. */
  readonly statements: readonly string[]
  /** Whether it is of words. */
  readonly isSearch?: boolean
  /** The statement that drops it, where it is more than an index. */
  readonly drop?: readonly string[]
}

export type Catalog = ReadonlyMap<string, ActualTable>

/** One thing of a table: its name, and what else the database says of it. */
type Entry = readonly [name: string, detail: never]

export function* readCatalog(dialect: Dialect): Work<Catalog> {
  const rows = yield { text: dialect.catalog, values: [] }
  const tables = new Map<string, Map<string, Entry[]>>()
  for (const [table, kind, name, detail] of rows) {
    const entries = tables.get(String(table)) ?? new Map<string, Entry[]>()
    tables.set(String(table), entries)
    const ofKind = entries.get(String(kind)) ?? []
    entries.set(String(kind), [...ofKind, [String(name), JSON.parse(String(detail)) as never]])
  }
  const read = [...tables].map(([name, entries]) => [name, toTable(entries)] as const)
  return new Map(read.map(([name, table]) => [name, withSearch(dialect, name, table)]))
}

function toTable(entries: ReadonlyMap<string, readonly Entry[]>): ActualTable {
  const ofKind = <T>(kind: string) =>
    (entries.get(kind) ?? []) as readonly (readonly [name: string, detail: T])[]
  const keys = ofKind<{ position: number; constraint: string | null }>('key')
  return {
    columns: new Map(ofKind<ActualColumn>('column')),
    key: keys.toSorted(([, one], [, other]) => one.position - other.position).map(([name]) => name),
    keyConstraint: keys[0]?.[1].constraint ?? undefined,
    constraints: new Map(ofKind<string>('constraint')),
    references: ofKind<Omit<ActualReference, 'column'>>('reference').map(([column, rest]) => ({
      column,
      ...rest,
    })),
    indexes: new Map(
      ofKind<Omit<ActualIndex, 'statements'> & { sql: string }>('index').map(
        ([name, { sql, ...index }]) => [name, { ...index, statements: [sql] }],
      ),
    ),
    unfinished: new Map(ofKind<UnfinishedKind>('unfinished')),
    triggers: ofKind<{ sql: string }>('trigger').map(([, { sql }]) => sql),
  }
}

/** Where words are kept by triggers, these are an index. */
function withSearch({ search }: Dialect, name: string, table: ActualTable): ActualTable {
  const found = search.inTriggers?.(name, table.triggers) ?? []
  if (found.length === 0) return table
  const isOfSearch = (sql: string) => found.some(({ triggers }) => triggers.includes(sql))
  return {
    ...table,
    indexes: new Map([
      ...table.indexes,
      ...found.map(
        ({ name, ...index }) => [name, { ...index, unique: false, isSearch: true }] as const,
      ),
    ]),
    triggers: table.triggers.filter(sql => !isOfSearch(sql)),
  }
}

/** The tables that are a resource's: each of those has a revision. */
export function resourceTables(catalog: Catalog): readonly string[] {
  return [...catalog].filter(([, { columns }]) => columns.has('_rev')).map(([name]) => name)
}
