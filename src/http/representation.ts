// A representation is a form in which values are sent (RFC 9110 §3.2): its media type, its schema and its writer in one
// place. Operations say which ones they offer; each request is answered with the one that its caller prefers (§12.5.1).

import { csv, spreadsheetCsv } from '../formats/csv.ts'
import { type RowFormat, rowsToText } from '../formats/format.ts'
import { ndjson } from '../formats/ndjson.ts'
import type { Field, JsonSchema } from '../resource/field.ts'
import type { Values } from '../resource/row.ts'
import { jsonType } from './media-types.ts'
import { preferredMediaType } from './negotiate.ts'

export interface Representation {
  /** The media type by which callers ask for it. */
  readonly type: string
  /** The field `Content-Type` of responses. */
  readonly contentType: string
  /** The schema of a body in the document, made from the schema of the value. */
  readonly schema: (ofValue: JsonSchema) => JsonSchema
  /** `fields`: those of each row in the value, in their order, as an empty list has none to show; empty for other values. */
  readonly write: (value: unknown, fields: readonly Field[]) => string
  /** Where it holds any number of rows, one after the other: a list without a `limit` is then sent to its end. */
  readonly rows?: RowFormat
  /** Whether what is written is a text, also in an example of the document. */
  readonly isText: boolean
}

export const json: Representation = {
  type: jsonType,
  contentType: `${jsonType}; charset=utf-8`,
  schema: schema => schema,
  write: value => JSON.stringify(value),
  isText: false,
}

/** The representations of a list, the default first. */
export const listRepresentations: readonly Representation[] = [json, ofRows(csv), ofRows(ndjson)]

/** CSV for a spreadsheet, for whoever prefers that. */
const safeCsv = ofRows(spreadsheetCsv)

function ofRows(rows: RowFormat): Representation {
  const { type, contentType } = rows
  return {
    type,
    contentType,
    schema: () => ({ type: 'string' }),
    write: (value, fields) => rowsToText(rows, fields, value as readonly Values[]),
    rows,
    isText: true,
  }
}

/** The same representation, in the form for a spreadsheet; undefined where it has no such form. */
export function forSpreadsheet({ type }: Representation): Representation | undefined {
  return type === safeCsv.type ? safeCsv : undefined
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
