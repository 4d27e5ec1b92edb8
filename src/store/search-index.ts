// The names of the indexes of words, which tell what each of them has.

import { nameOf } from './column.ts'
import type { Searched } from './search-sql.ts'

/** The name of an index of words; it changes with its definition. */
export function searchIndexName({ table, stems }: Searched, definition: string): string {
  const content = stems === undefined ? 'search' : 'stems'
  return nameOf(`${table.slice(0, 41)}_${content}`, definition, 'idx')
}

/** Whether an index of words has their stems. */
export function hasStems(index: string): boolean {
  return /_stems_[0-9a-f]{8}_idx$/.test(index)
}
