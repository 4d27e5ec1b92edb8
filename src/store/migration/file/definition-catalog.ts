// The catalog of a database that is not at hand, as a definition has it.

import type { Column } from '../../column.ts'
import type { Dialect } from '../../store.ts'
import type { Table } from '../../table.ts'
import type { ActualReference, ActualTable, Catalog } from '../catalog.ts'
import { toTables } from '../definition.ts'
import { afterMoves, type Moves } from './moves.ts'

/** After the moves; what has a name has it from before them. */
export function definitionCatalog(dialect: Dialect, moves: Moves): Catalog {
  const named = toTables(dialect, moves.before)
  return new Map(
    toTables(dialect, afterMoves(moves)).map((table, index) => [
      table.name,
      toActual(table, named[index] ?? table),
    ]),
  )
}

function toActual({ columns, indexes, model, dialect }: Table, named: Table): ActualTable {
  return {
    columns: new Map(
      columns.map(column => [
        column.name,
        {
          type: column.type,
          nullable: column.nullable,
          default: column.default ?? null,
          identity: column.isIdentity,
        },
      ]),
    ),
    key: [model.key.name],
    keyConstraint: dialect.altersTables ? `${named.name}_pkey` : undefined,
    constraints: new Map(
      named.columns.flatMap(({ constraints }) =>
        constraints.map(({ name, definition }) => [name, definition]),
      ),
    ),
    references: columns.flatMap((column, index) => toReferences(column, named.columns[index])),
    indexes: new Map(
      indexes.map(({ name, unique, fields, statements }) => [
        name,
        { unique, columns: fields, statements },
      ]),
    ),
    unfinished: new Map(),
    triggers: [],
  }
}

function toReferences(
  { name: column, constraints }: Column,
  named: Column | undefined,
): readonly ActualReference[] {
  const own = named?.constraints.find(({ kind }) => kind === 'reference')
  return constraints.flatMap(constraint => {
    if (constraint.kind !== 'reference') return []
    const { target, name, definition } = constraint
    const follows = definition.endsWith(' on delete cascade')
    return [{ column, target, name: own?.name ?? name, follows }]
  })
}
