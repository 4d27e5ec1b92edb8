// How much memory rows take.

import type { Row } from '../../resource/row.ts'

/** About how many bytes: a character one or two, any other value eight. */
export function rowBytes(rows: readonly Row[]): number {
  let bytes = 0
  for (const row of rows)
    for (const value of row) bytes += typeof value === 'string' ? 2 * value.length : 8
  return bytes
}
