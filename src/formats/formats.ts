// The formats of rows, by their media types.

import { csv } from './csv.ts'
import type { RowFormat } from './format.ts'
import { ndjson } from './ndjson.ts'

export const rowFormats: ReadonlyMap<string, RowFormat> = new Map(
  [ndjson, csv].map(format => [format.type, format]),
)

/** How many rows one request may bring. */
export const maxRows = 10_000
/** How many that have a password, whose hash takes a tenth of a second. */
export const maxRowsWithPasswords = 100
/** In bytes, how long the text of those rows may be. */
export const maxRowsLength = 16 * 1024 * 1024
