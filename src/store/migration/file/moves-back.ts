// The moves that take other moves back.

import type { Table } from '../../table.ts'
import { type Definition, type RememberedResource, toDefinition } from '../definition.ts'
import { afterMoves, findMoves, type Moves } from './moves.ts'
import { inverse } from './renames.ts'

interface Ends {
  /** After the moves, and before them. */
  readonly wanted: readonly Table[]
  readonly former: readonly Table[]
}

/** From the wanted tables to those before; what the moves have added is gone by then. */
export function movesBack(moves: Moves, { wanted, former }: Ends): Moves {
  const answers = { renames: inverse(moves.renames), fills: new Map() }
  return findMoves(withLeft(toDefinition(wanted), moves), former, answers)
}

/** With the fields that are no longer defined and stay, and without those that the moves have added. */
function withLeft({ resources }: Definition, moves: Moves): Definition {
  const moved = afterMoves(moves).resources
  return {
    resources: resources.map(resource => {
      const added = moves.additions
        .filter(({ table, isThere }) => table.name === resource.name && !isThere)
        .map(({ field }) => field.name)
      const left = moved.find(({ name }) => name === resource.name)?.fields ?? []
      return without(added, {
        ...resource,
        fields: [
          ...resource.fields,
          ...left.filter(({ name }) => !resource.fields.some(field => field.name === name)),
        ],
      })
    }),
  }
}

function without(names: readonly string[], resource: RememberedResource): RememberedResource {
  const isFree = (set: readonly string[]) => !set.some(name => names.includes(name))
  return {
    ...resource,
    fields: resource.fields.filter(({ name }) => !names.includes(name)),
    references: resource.references.filter(({ field }) => !names.includes(field)),
    unique: resource.unique.filter(isFree),
    indexes: resource.indexes.filter(isFree),
    ...(resource.searched && {
      searched: resource.searched.filter(name => !names.includes(name)),
    }),
  }
}
