// Bounds a page in bytes: a page ends early, so that it does not take the memory of the whole process.

import type { Field, JsonSchema } from '../resource/field.ts'
import type { Row } from '../resource/row.ts'
import { isShortFormat } from '../resource/text-size.ts'

/** In bytes of its rows, the largest page. A single row that is larger has a page of its own. */
export const maxPageBytes = 4 * 1024 * 1024

export interface PageSize {
  /** The positions of the columns whose values differ in length. */
  readonly texts: readonly number[]
  /** In bytes, the most that all other columns and the names of the members take in one row. */
  readonly fixed: number
  /** In bytes, the most that the rows may take together, unless there is one alone. */
  readonly most: number
}

interface Measured {
  /** The computed members of a page, which count at their largest size. */
  readonly computed?: readonly Field[]
  /** In bytes, how large the page may be. */
  readonly most?: number
}

/** How to measure the rows of a page; undefined if no page with so many rows can be large. */
export function pageSize(
  columns: readonly Field[],
  limit: number,
  { computed = [], most = maxPageBytes }: Measured = {},
): PageSize | undefined {
  let added = 0
  for (const field of computed) added += largestMember(field)
  let largest = added
  for (const field of columns) largest += largestMember(field)
  // A page that cannot be larger than a part of that need not be measured.
  if (limit === 1 || largest * (limit + 1) <= most / 4) return undefined
  const texts = columns.flatMap((field, index) => (field.kind.canBeLarge(field) ? [index] : []))
  const fixed = columns.reduce(
    (sum, field) => sum + (field.kind.canBeLarge(field) ? nameBytes(field) : largestMember(field)),
    added,
  )
  return { texts, fixed, most }
}

/** More than any number, date, time or UUID takes as JSON. */
const scalarBytes = 40

const largestMembers = new WeakMap<Field, number>()

function largestMember(field: Field): number {
  const known = largestMembers.get(field)
  if (known !== undefined) return known
  const largest = nameBytes(field) + largestValue(field.schema)
  largestMembers.set(field, largest)
  return largest
}

/** In bytes, the largest value that the schema allows; a character takes up to four. */
function largestValue({ type, format, enum: words, maxLength, ...schema }: JsonSchema): number {
  if (type === undefined) return Number(schema['x-max-bytes'])
  if (Array.isArray(words)) return 4 * Math.max(...words.map(word => String(word).length))
  if (type === 'array')
    return Number(schema.maxItems) * (1 + largestValue(schema.items as JsonSchema))
  if (type === 'object') {
    const members = Object.entries(schema.properties as Record<string, JsonSchema>)
    return members.reduce(
      (sum, [name, member]) => sum + nameBytes({ name }) + largestValue(member),
      0,
    )
  }
  if (type !== 'string' || isShortFormat(format as string | undefined)) return scalarBytes
  return 4 * Number(maxLength ?? Number.POSITIVE_INFINITY)
}

/** The name in quotes, a colon, a comma. */
function nameBytes({ name }: Pick<Field, 'name'>): number {
  return 4 * name.length + 4
}

export function rowBytes({ texts, fixed }: PageSize, row: Row): number {
  let bytes = fixed
  for (const index of texts) {
    const value = row[index]
    if (typeof value === 'string') bytes += textBytes(value)
  }
  return bytes
}

/** For a short text the most that it can take is assumed, which is faster than counting its bytes. */
function textBytes(text: string): number {
  return text.length < 64 ? 3 * text.length : Buffer.byteLength(text)
}

/** How many of the first rows fit on one page; the first always does. */
export function countFitting(size: PageSize, rows: readonly Row[]): number {
  let bytes = 0
  for (const [index, row] of rows.entries()) {
    bytes += rowBytes(size, row)
    if (bytes > size.most && index > 0) return index
  }
  return rows.length
}

/** The rows up to and including the first that no longer fits, which shows that there are more. */
export function takeFitting(size: PageSize, rows: Iterable<Row>): Row[] {
  const taken: Row[] = []
  let bytes = 0
  for (const row of rows) {
    taken.push(row)
    bytes += rowBytes(size, row)
    if (bytes > size.most && taken.length > 1) break
  }
  return taken
}
