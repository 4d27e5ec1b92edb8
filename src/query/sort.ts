// The order of a list: its sort keys, made from a checked `sort`.

import type { Field } from '../resource/field.ts'
import { isLong, type Model } from '../resource/model.ts'
import { ParameterError } from './parameter.ts'

export interface SortKey {
  readonly field: Field
  readonly descending: boolean
  /** Long texts are sorted by this many first characters, so that a cursor can carry them; undefined: by the whole value. */
  readonly prefix: number | undefined
}

const sortedPrefix = 200

/** How many characters of text the sort keys of a list may have together, because a cursor carries them all. */
export const maxSortedText = 800

/** The key of the row breaks the last tie, in the direction of the field before it, so that one index serves the whole order. */
export function parseSort({ fields, key }: Model, names: readonly string[]): readonly SortKey[] {
  const sort: SortKey[] = []
  const last = names.at(-1)?.startsWith('-') ? `-${key.name}` : key.name
  for (const name of [...names, last]) {
    const descending = name.startsWith('-')
    const field = fields.find(
      candidate => candidate.name === name.slice(descending ? 1 : 0),
    ) as Field
    if (!sort.some(key => key.field === field))
      sort.push({ field, descending, prefix: isLong(field) ? sortedPrefix : undefined })
    if (field === key) break
  }
  requireShort(sort)
  return sort
}

/** Throws a `ParameterError` for a sort whose cursors would not fit into an address. */
function requireShort(sort: readonly SortKey[]): void {
  const length = sort.reduce((sum, { field, prefix }) => sum + (prefix ?? textLength(field)), 0)
  if (length <= maxSortedText) return
  const detail = `names texts of up to ${length} characters together, of at most ${maxSortedText}; sort by fewer fields`
  throw new ParameterError('sort', detail)
}

/** In characters, how long a text may be; other values are short. */
function textLength({ schema }: Field): number {
  const words = schema.enum as readonly string[] | undefined
  if (words !== undefined) return Math.max(...words.map(word => word.length))
  return Number(schema.maxLength ?? 0)
}
