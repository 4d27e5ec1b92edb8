// Leftovers of a migration that was killed: a wanted one is begun again, and any other is dropped.

import { isOwnName } from '../column.ts'
import { change, type Difference, type Pair } from './pair.ts'

const drops = { check: 'dropCheck', reference: 'dropReference', index: 'dropIndex' } as const

export function compareUnfinished({ table, found }: Pair): Difference[] {
  const rules = [...table.indexes, ...table.columns.flatMap(({ constraints }) => constraints)]
  const isWanted = (name: string) => rules.some(rule => rule.name === name)
  return [...found.unfinished]
    .filter(([name]) => isOwnName(name) && !isWanted(name))
    .map(([name, kind]) => change({ action: { kind: drops[kind], table, name } }))
}
