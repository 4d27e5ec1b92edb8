// How many bytes rows take in memory, about: a character one or two, any other value eight.

import type { Row } from '../resource/row.ts'

export function rowBytes(row: Row): number {
  let bytes = 0
  for (const value of row) bytes += typeof value === 'string' ? 2 * value.length : 8
  return bytes
}

export function rowsBytes(rows: readonly Row[]): number {
  let bytes = 0
  for (const row of rows) bytes += rowBytes(row)
  return bytes
}
