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

/** Gathers rows of a long result, or their lines, until they are a portion. */
export interface Gathering<T, R = Row> {
  /** Whether the portion is full with this row. */
  add(row: R): boolean
  /** The portion, after which the next one begins. */
  take(): T
}

/** The rows themselves. */
export class Portion implements Gathering<readonly Row[]> {
  readonly #most: number
  #rows: Row[] = []
  #bytes = 0

  constructor(most = portionRows) {
    this.#most = most
  }

  add(row: Row): boolean {
    this.#rows.push(row)
    for (const value of row) this.#bytes += typeof value === 'string' ? 2 * value.length : 8
    return this.#rows.length >= this.#most || this.#bytes >= portionBytes
  }

  take(): readonly Row[] {
    const rows = this.#rows
    this.#rows = []
    this.#bytes = 0
    return rows
  }
}

const encoder = new TextEncoder()

/** Their lines, in UTF-8. */
export class TextPortion implements Gathering<Uint8Array<ArrayBuffer>> {
  readonly #toLine: (row: Row) => string
  #rows = 0
  #text = ''

  constructor(writing: Writing) {
    this.#toLine = rowWriter(writing)
  }

  add(row: Row): boolean {
    this.#rows++
    this.#text += this.#toLine(row)
    return this.#rows >= portionRows || this.#text.length >= portionBytes
  }

  take(): Uint8Array<ArrayBuffer> {
    const text = encoder.encode(this.#text)
    this.#rows = 0
    this.#text = ''
    return text
  }
}

const lineEnd = Buffer.from('\r\n')

/** Lines that the database has written, each with a line feed at its end, which in CSV is to be CRLF (RFC 4180 §2). */
export class LinePortion implements Gathering<Uint8Array, Buffer> {
  #parts: Buffer[] = []
  #bytes = 0

  add(line: Buffer): boolean {
    this.#parts.push(line.subarray(0, -1), lineEnd)
    this.#bytes += line.length
    return this.#parts.length >= 2 * portionRows || this.#bytes >= portionBytes
  }

  take(): Uint8Array {
    const text = Buffer.concat(this.#parts)
    this.#parts = []
    this.#bytes = 0
    return text
  }
}

/** The text of rows that are in memory anyway. */
export function toText(rows: readonly Row[], writing: Writing): Uint8Array {
  const text = new TextPortion(writing)
  for (const row of rows) text.add(row)
  return text.take()
}
