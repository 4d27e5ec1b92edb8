// How many bytes the values of an index entry can take: PostgreSQL refuses a row whose entry is larger than its limit.

import type { Field } from './field.ts'
import { textHeader } from './text-size.ts'

/** In bytes: a third of a page of PostgreSQL, less what the page itself needs. */
export const maxIndexEntry = 2704

const header = 8
/** A value begins at a multiple of up to 8 bytes. */
const padding = 8

/** The longest `_owner`: `token:<iss>#<sub>`, with up to 255 bytes and 255 characters. */
const ownerBytes = textHeader + 'token:#'.length + 255 + 4 * 255

/** The largest size of an index entry of these fields, in bytes. `owner`: with the owner of the row before them. */
export function indexEntryBytes(fields: readonly Field[], owner: boolean): number {
  const sizes = [
    ...(owner ? [ownerBytes] : []),
    ...fields.map(field => field.kind.indexBytes(field)),
  ]
  return header + sizes.reduce((sum, size) => sum + size + padding, 0)
}
