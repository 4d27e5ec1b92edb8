// Long results: how many are read at a time, and in which portions.

import { rowWriter, type Writing } from '../formats/stored-rows.ts'
import type { Row } from '../resource/row.ts'
import { StoreError } from './store.ts'

/** How many long results are read at a time; on PostgreSQL fewer if there are few connections. */
export const maxStreams = 4

/** Another long result may be read when one of those in progress has ended. */
export class TooManyStreams extends StoreError {
  constructor() {
    super(
      'busy',
      'As many whole lists as may be are being read. Please try again, or ask for pages by `limit`.',
      { reported: true },
    )
  }
}

/** How many rows a portion has at most, so that writing it holds up others for little more than a millisecond. */
export const portionRows = 500
/** In bytes, about. A portion ends with the row by which it is that large. */
export const portionBytes = 256 * 1024

/** The rows of a long result that are in memory at a time. */
export class Portion {
  readonly #most: number
  #rows: Row[] = []
  #bytes = 0

  constructor(most = portionRows) {
    this.#most = most
  }

  /** Whether it is full with this row. */
  add(row: Row): boolean {
    this.#rows.push(row)
    for (const value of row) this.#bytes += typeof value === 'string' ? 2 * value.length : 8
    return this.#rows.length >= this.#most || this.#bytes >= portionBytes
  }

  /** Its rows, and begins the next one. */
  take(): readonly Row[] {
    const rows = this.#rows
    this.#rows = []
    this.#bytes = 0
    return rows
  }
}

/** Rows as a text, for a database that has no thread to write it in. */
export async function* toText(
  portions: AsyncGenerator<readonly Row[]>,
  writing: Writing,
): AsyncGenerator<Uint8Array> {
  const toLine = rowWriter(writing)
  for await (const rows of portions) yield linesOf(rows, toLine)
}

const encoder = new TextEncoder()

export function linesOf(rows: readonly Row[], toLine: (row: Row) => string): Uint8Array {
  let text = ''
  for (const row of rows) text += toLine(row)
  return encoder.encode(text)
}
