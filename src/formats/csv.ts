// Rows as CSV (RFC 4180): a header line with the names of the members, then a line for each row. Lines end with CRLF (§2.1).
// Null is empty, and an empty text is `""`. A text is as it is, a number or a Boolean as in JSON, anything else is JSON text.

import type { Field, Json } from '../resource/field.ts'
import { isWrittenAsJson, type RowFormat } from './format.ts'

const type = 'text/csv'

export const csv: RowFormat = {
  type,
  /** Both parameters are registered for CSV (RFC 4180 §3). */
  contentType: `${type}; charset=utf-8; header=present`,
  ending: 'csv',
  head: headerLine,
  lineOf: fields => lineWriter(fields, toCell),
}

/**
 * CSV that a spreadsheet shows as it is meant. A text that a spreadsheet would run as a formula gets an apostrophe before it,
 * so it does not load back as it was.
 */
export const spreadsheetCsv: RowFormat = {
  ...csv,
  // Without a byte order mark Excel takes the text for one of an old encoding.
  head: fields => `\uFEFF${headerLine(fields)}`,
  lineOf: fields => lineWriter(fields, toSafeCell),
}

/** Names of members need no quotes. */
function headerLine(fields: readonly Field[]): string {
  return `${fields.map(({ name }) => name).join(',')}\r\n`
}

function lineWriter(fields: readonly Field[], textToCell: (text: string) => string) {
  const areJson = fields.map(isWrittenAsJson)
  return (values: readonly Json[]): string => {
    let line = ''
    for (let index = 0; index < areJson.length; index++) {
      const value = values[index] ?? null
      if (index > 0) line += ','
      if (value === null) continue
      if (areJson[index]) line += toCell(JSON.stringify(value))
      else line += typeof value === 'string' ? textToCell(value) : String(value)
    }
    return `${line}\r\n`
  }
}

const special = /[",\r\n]/

/** Quotes a text where it must be (§2.6, §2.7), and an empty one, which would be null otherwise. */
function toCell(text: string): string {
  return text === '' || special.test(text) ? quoted(text) : text
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

/** The characters that a spreadsheet takes for the beginning of a formula, in their wide forms too. */
const formulaStart = /^[=+\-@\t\r\n＝＋－＠]/
const plainNumber = /^-?\d+(?:\.\d+)?$/

/** In quotes, so that a spreadsheet that separates by another character does not begin a cell within the text. */
function toSafeCell(text: string): string {
  return quoted(formulaStart.test(text) && !plainNumber.test(text) ? `'${text}` : text)
}
