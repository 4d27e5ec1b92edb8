// A representation is a form in which values are sent (RFC 9110 §3.2): its media type, its schema and its writer in one
// place. Operations say which ones they offer; each request is answered with the one that its caller prefers (§12.5.1).

import type { JsonSchema } from '../resource/field.ts'
import { jsonType } from './media-types.ts'
import { preferredMediaType } from './negotiate.ts'

interface Member {
  readonly name: string
}

export interface Representation {
  /** The media type by which callers ask for it. */
  readonly type: string
  /** The field `Content-Type` of responses. */
  readonly contentType: string
  /** The schema of a body in the document, made from the schema of the value. */
  readonly schema: (ofValue: JsonSchema) => JsonSchema
  /** What the document shows for an example of a value. */
  readonly example: (value: unknown) => unknown
  /** `members`: those of each row in the value, in their order, as an empty list has none to show; empty for other values. */
  readonly write: (value: unknown, members: readonly Member[]) => string
}

export const json: Representation = {
  type: jsonType,
  contentType: `${jsonType}; charset=utf-8`,
  schema: schema => schema,
  example: value => value,
  write: value => JSON.stringify(value),
}

/** The representation that a caller prefers; nothing if it accepts none of those offered (406). */
export function preferredRepresentation(
  accept: string,
  offers: readonly Representation[],
): Representation | undefined {
  const types = offers.map(({ type }) => type)
  const preferred = preferredMediaType(accept, types)
  return offers.find(({ type }) => type === preferred)
}
