// The tables as they are, read from the database's own catalog.

import type { Dialect, Work } from '../store.ts'

export interface ActualTable {
  readonly columns: ReadonlyMap<string, ActualColumn>
  /** The names of its checks and references. */
  readonly constraints: ReadonlySet<string>
  readonly indexes: ReadonlySet<string>
}

interface ActualColumn {
  /** As the dialect writes it. */
  readonly type: string
  readonly nullable: boolean
}

export type Catalog = ReadonlyMap<string, ActualTable>

export function* readCatalog(dialect: Dialect): Work<Catalog> {
  const rows = yield { text: dialect.catalog, values: [] }
  const names = [...new Set(rows.map(([table]) => String(table)))]
  return new Map(
    names.map(name => {
      const entries = rows.filter(([table]) => table === name)
      const ofKind = (wanted: string) => entries.filter(([, kind]) => kind === wanted)
      return [
        name,
        {
          columns: new Map(
            ofKind('column').map(([, , column, type, nullable]) => [
              String(column),
              { type: String(type), nullable: Boolean(nullable) },
            ]),
          ),
          constraints: new Set(ofKind('constraint').map(([, , constraint]) => String(constraint))),
          indexes: new Set(ofKind('index').map(([, , index]) => String(index))),
        },
      ]
    }),
  )
}

/** The tables that are a resource's: each of those has a revision. */
export function resourceTables(catalog: Catalog): readonly string[] {
  return [...catalog].filter(([, { columns }]) => columns.has('_rev')).map(([name]) => name)
}
