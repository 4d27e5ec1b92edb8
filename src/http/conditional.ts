// Conditional requests (RFC 9110 §8.8.3 ETag, §13.1.1 If-Match, §13.1.2 If-None-Match).
import { Problem } from './problem.ts'

type ConditionalField = 'If-Match' | 'If-None-Match'

/** One element of the list, which may be empty (§5.6.1.2), and its comma. A tag knows no escapes: `\` is itself. */
const listElement = /[\t ]*(?:(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[\t ]*)?(?:,|$)/gy

/** What nearly everyone sends: one strong tag. */
const oneTag = /^"[\x21\x23-\x7e\x80-\xff]*"$/

/** What stands between the quotes of each tag of a field; `*` stands for whatever is there. */
export type EntityTags = '*' | readonly string[]

/** What a request makes of the state of its target. */
export interface Conditions {
  readonly ifMatch: EntityTags | undefined
  readonly ifNoneMatch: EntityTags | undefined
}

/**
 * `*`, or the tags of the field called `name`; a field that is neither is refused. Whether a tag is weak is not kept: a
 * tag of ours names the state of a resource, which does not change with the bytes that show it.
 */
export function parseEntityTags(field: string, name: ConditionalField): EntityTags {
  if (field.trim() === '*') return '*'
  if (oneTag.test(field)) return [field.slice(1, -1)]
  const elements = [...field.matchAll(listElement)]
  if (elements.map(([text]) => text).join('') !== field) throw malformed(name)
  return elements.flatMap(([, opaque]) => opaque ?? [])
}

function malformed(parameter: ConditionalField): Problem {
  const detail = 'must be * or a list of entity tags in double quotes, as in "7"'
  return new Problem('invalidParameter', { errors: [{ parameter, in: 'header', detail }] })
}

/** The strong tag of a revision, or of one variant of it (§8.8.3.3: each representation has its own). */
export function etag(revision: string | number, variant?: string): string {
  return variant === undefined ? `"${revision}"` : `"${revision}.${variant}"`
}

/** Whether the request may go on; `current` is undefined where nothing is. */
export function ifMatchHolds(tags: EntityTags | undefined, current: string | undefined): boolean {
  if (tags === undefined) return true
  if (tags === '*') return current !== undefined
  return tags.some(tag => isSame(tag, current))
}

/** Whether the request may go on; false is 304 to GET and HEAD, else 412. */
export function ifNoneMatchHolds(tags: EntityTags | undefined, current: string | undefined): boolean {
  if (tags === undefined) return true
  if (tags === '*') return current === undefined
  return !tags.some(tag => isSame(tag, current))
}

/** What proxies that compress put behind a tag: Apache `-gzip`, Jetty `--gzip`, others `;gzip`. */
const codingSuffix = /(?:--?|[;:])(?:gzip|br|zstd|deflate)$/

/** Whether a tag is the current one, as we made it or as a proxy that compresses has changed it. */
function isSame(tag: string, current: string | undefined): boolean {
  return `"${tag}"` === current || `"${tag.replace(codingSuffix, '')}"` === current
}

// No `pattern` in either: fuzzers take it for the grammar of what they may send and fail over it. No `example` in any
// header parameter: Swagger UI would send it.

export const ifMatchParameter = {
  name: 'If-Match',
  in: 'header',
  description:
    'Goes on only if the `ETag` is still one of these, such as `"7"`; `*`: only if it exists (RFC 9110 §13.1.1). Else 412.',
  schema: { type: 'string' },
} as const

export const ifNoneMatchParameter = {
  name: 'If-None-Match',
  in: 'header',
  description:
    'Goes on only if the `ETag` is none of these, such as `"7"`; `*`: only if it does not exist (RFC 9110 §13.1.2). Else 304 to a read, 412 to a write.',
  schema: { type: 'string' },
} as const
