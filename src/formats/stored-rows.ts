// Rows as the database gives them become lines, also in another thread.

import type { Field, Json } from '../resource/field.ts'
import { type KindName, kinds } from '../resource/kinds.ts'
import type { Row, SqlValue } from '../resource/row.ts'
import { csv, spreadsheetCsv } from './csv.ts'
import type { RowFormat } from './format.ts'
import { ndjson } from './ndjson.ts'

const formats = { csv, spreadsheetCsv, ndjson }

type FormatName = keyof typeof formats
type PlainField = Omit<Field, 'kind'> & { readonly kind: KindName }

/** How rows whose first columns are those of the fields are written: a value, of which a thread can be told. */
export interface Writing {
  readonly format: FormatName
  readonly fields: readonly PlainField[]
}

export function toWriting(format: RowFormat, fields: readonly Field[]): Writing {
  const names = Object.keys(formats) as FormatName[]
  const name = names.find(each => formats[each] === format)
  if (name === undefined) throw new Error(`The format ${format.type} has no name.`)
  return {
    format: name,
    fields: fields.map(({ kind, ...field }) => ({ ...field, kind: kind.name })),
  }
}

/** Writes a row as a line. */
export function rowWriter({ format, fields: plain }: Writing): (row: Row) => string {
  const fields = plain.map(({ kind, ...field }) => ({ ...field, kind: kinds[kind] }))
  const toLine = formats[format].lineOf(fields)
  const readers = fields.map(readerOf)
  const values: Json[] = []
  // The hot path of a whole list: the values of one row take the place of those of the one before.
  return row => {
    for (let index = 0; index < readers.length; index++) {
      const value = row[index] ?? null
      const read = readers[index]
      values[index] = value === null || read === undefined ? value : read(value)
    }
    return toLine(values)
  }
}

/** Undefined where a value is stored as it is written. */
function readerOf(field: Field): ((value: SqlValue) => Json) | undefined {
  const { fromStored } = field.kind
  return fromStored && (value => fromStored(value, field))
}
