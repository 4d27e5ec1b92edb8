// Conditional requests (RFC 9110 §8.8.3 ETag, §13.1.1 If-Match, §13.1.2 If-None-Match).
import { Problem } from './problem.ts'

type ConditionalField = 'If-Match' | 'If-None-Match'

/** One element of the list, which may be empty (§5.6.1.2), with its comma. A tag has no escapes: `\` is an ordinary character. */
const listElement = /[\t ]*(?:(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[\t ]*)?(?:,|$)/gy

/** The usual case: one strong tag. */
const oneTag = /^"[\x21\x23-\x7e\x80-\xff]*"$/

/** The texts between the quotes of the tags in a field; `*` matches any existing state. */
export type EntityTags = '*' | readonly string[]

/** The states of its target that a request requires. */
export interface Conditions {
  readonly ifMatch: EntityTags | undefined
  readonly ifNoneMatch: EntityTags | undefined
}

/**
 * `*`, or the tags of the field called `name`; anything else is refused. Whether a tag is weak does not matter: our tags name
 * the state of a row, not the bytes of one representation.
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

/** The returned representation of a state (§8.8.3.3: each representation has its own tag). */
export interface Shown {
  /** The number of the definition by which it is shown. The first one is not named. */
  readonly definition?: number | string
  /** The shown values of other rows. */
  readonly borrowed?: string | undefined
  /** Another representation than the usual one. */
  readonly variant?: string | undefined
}

/** The strong tag of a state: `"7"`; `"7@2"` as the second definition shows it; `"7~5e884898"` with values of other rows. */
export function etag(
  state: string | number,
  { definition = 1, borrowed, variant }: Shown = {},
): string {
  const own = definition === 1 ? state : `${state}@${definition}`
  const shown = borrowed === undefined ? own : `${own}~${borrowed}`
  return variant === undefined ? `"${shown}"` : `"${shown}.${variant}"`
}

/**
 * Whether the request may go on; `current` is undefined if nothing exists there. A change of the definition, or of
 * another row of which a value is shown, is no change of the row, so a caller may have read it before that change.
 */
export function ifMatchHolds(tags: EntityTags | undefined, current: string | undefined): boolean {
  if (tags === undefined) return true
  if (tags === '*' || current === undefined) return tags === '*' && current !== undefined
  return tags.some(tag => isSame(byAny(tag), byAny(current)))
}

/** The tag without the definition by which the state is shown, what its caller sees of it, and what is shown of other rows. */
function byAny(tag: string): string {
  return tag.replace(/@\d+(?:![\w-]+)?|~[0-9a-f]+/g, '')
}

/** Whether the request may go on; otherwise it gets 304 (GET and HEAD) or 412. */
export function ifNoneMatchHolds(
  tags: EntityTags | undefined,
  current: string | undefined,
): boolean {
  if (tags === undefined) return true
  if (tags === '*') return current === undefined
  return !tags.some(tag => isSame(tag, current))
}

/** The suffixes that compressing proxies append to a tag: `-gzip` by Apache, `--gzip` by Jetty, `;gzip` by others. */
const codingSuffix = /(?:--?|[;:])(?:gzip|br|zstd|deflate)$/

/** Whether a tag is the current one, as we sent it or as a compressing proxy has changed it. */
function isSame(tag: string, current: string | undefined): boolean {
  return `"${tag}"` === current || `"${tag.replace(codingSuffix, '')}"` === current
}

// No `pattern` in either: fuzzers take it for the grammar of what they may send and fail over it. No `example` in any
// header parameter: Swagger UI would send it.

export const ifMatchParameter = {
  name: 'If-Match',
  in: 'header',
  description:
    'The request is done only if the current `ETag` is one of these, such as `"7"`, or with `*` if the row exists (RFC 9110 §13.1.1). Otherwise the response is 412.',
  schema: { type: 'string' },
} as const

export const ifNoneMatchParameter = {
  name: 'If-None-Match',
  in: 'header',
  description:
    'The request is done only if the current `ETag` is none of these, such as `"7"`, or with `*` if the row does not exist (RFC 9110 §13.1.2). Otherwise a read gets 304, and a write 412.',
  schema: { type: 'string' },
} as const
