// A format of rows, one after the other: what a list is written as, and read from.

import type { Field, Json } from '../resource/field.ts'
import type { Values } from '../resource/row.ts'

export interface RowFormat {
  /** The media type by which callers ask for it. */
  readonly type: string
  /** The field `Content-Type` of a text in it. */
  readonly contentType: string
  /** The ending of the name of a file in it. */
  readonly ending: string
  /** The beginning of a text of such rows; a text without rows is this alone. */
  head(fields: readonly Field[]): string
  /** Writes a row as a line, with the end of the line: a value for each field, in their order. */
  lineOf(fields: readonly Field[]): (values: readonly Json[]) => string
}

/** A whole text: the rows have these fields. */
export function rowsToText(
  format: RowFormat,
  fields: readonly Field[],
  rows: Iterable<Values>,
): string {
  const toLine = format.lineOf(fields)
  let text = format.head(fields)
  for (const row of rows) text += toLine(fields.map(({ name }) => row[name] ?? null))
  return text
}

const plainTypes: readonly unknown[] = ['string', 'integer', 'number', 'boolean']

/** Whether its values are written as JSON where a format has only texts: lists, objects, and what may be any JSON value. */
export function isWrittenAsJson({ schema }: Field): boolean {
  return !plainTypes.includes(schema.type)
}
