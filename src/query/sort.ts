// The order of a list: its sort keys, made from a checked `sort`.

import type { Field } from '../resource/field.ts'
import { isLong, type Model } from '../resource/model.ts'
import { rankField, type Search } from './search.ts'

export interface SortKey {
  readonly field: Field
  readonly descending: boolean
  /** Long texts are sorted by this many first characters, so that a cursor can carry them; undefined: by the whole value. */
  readonly prefix: number | undefined
  /** Where it is the place among the rows that a search finds: what is searched. */
  readonly search?: Search
}

const sortedPrefix = 200

/** How many characters of text the sort keys of a list have together, because a cursor carries them all. */
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
  return shortened(sort)
}

/** The best row first, and equal ones in the order of their keys. */
export function bestFirst(model: Model, search: Search): readonly SortKey[] {
  const rank = { field: rankField, descending: false, prefix: undefined, search }
  return [rank, ...parseSort(model, [])]
}

/** The same order by shorter beginnings, where its cursors would not fit into an address. */
function shortened(sort: readonly SortKey[]): readonly SortKey[] {
  const texts = sort.filter(({ field }) => field.kind.isText).length
  const fitting = [Number.POSITIVE_INFINITY, sortedPrefix].find(
    most => lengthOf(sort, most) <= maxSortedText,
  )
  const most = fitting ?? Math.floor(maxSortedText / texts)
  return sort.map(key => (textLength(key) > most ? { ...key, prefix: most } : key))
}

function lengthOf(sort: readonly SortKey[], most: number): number {
  return sort.reduce((sum, key) => sum + Math.min(most, textLength(key)), 0)
}

/** In characters, how long a text may be; other values are short. */
function textLength({ field: { kind, schema }, prefix }: SortKey): number {
  if (!kind.isText) return 0
  const words = schema.enum as readonly string[] | undefined
  if (words !== undefined) return Math.max(...words.map(word => word.length))
  return prefix ?? Number(schema.maxLength ?? 0)
}
