// Whole lists as CSV, which the server writes by itself (`copy`): that takes a quarter of the time that it takes to read the rows here.

import type { Writing } from '../../formats/stored-rows.ts'
import { digitsOf } from '../../resource/decimal.ts'
import type { KindName } from '../../resource/kinds.ts'
import type { SqlValue } from '../../resource/row.ts'
import { literal, quote, type Statement } from '../store.ts'

type PlainField = Writing['fields'][number]

const asText = (column: string) => `cast(${column} as text)`

/** By kind, a value as CSV has it. The server writes it in quotes where it must be, and null as nothing, as we do. */
const cells: Partial<Record<KindName, (column: string, field: PlainField) => string>> = {
  string: column => column,
  integer: column => column,
  boolean: asText,
  json: column => column,
  decimal: (column, { schema }) => {
    const { scale } = digitsOf(schema)
    return `round(${column} / cast(1${'0'.repeat(scale)} as numeric), ${scale})`
  },
  // The digits are those of JavaScript, but PostgreSQL begins to write exponents earlier, and with two digits.
  number: column =>
    `case when abs(${column}) >= 1e21 or abs(${column}) < 1e-6 and ${column} <> 0 ` +
    `then replace(${asText(column)}, 'e-0', 'e-') else ${asText(`cast(${asText(column)} as numeric)`)} end`,
}

/** The command that writes the rows of a statement as CSV; nothing where some of it would not be written as here. */
export function copyCsv(statement: Statement, { format, fields }: Writing): string | undefined {
  // The server puts `\.` in quotes where it would be alone in its line.
  if (format !== 'csv' || fields.length < 2) return undefined
  const columns = fields.map((_, index) => quote(`_${index}`))
  const values = fields.flatMap(
    (field, index) => cells[field.kind]?.(columns[index] ?? '', field) ?? [],
  )
  if (values.length < fields.length) return undefined
  return (
    `copy (select ${values.join(', ')} from (${withValues(statement)}) as "rows" (${columns.join(', ')})) ` +
    'to stdout (format csv)'
  )
}

/** A statement with its values in its text, because `copy` binds none. Like a bound value, a literal gets its type from its place. */
function withValues({ text, values }: Statement): string {
  return text.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\d+)/g, (found, place?: string) =>
    place === undefined ? found : valueToLiteral(values[Number(place) - 1] ?? null),
  )
}

function valueToLiteral(value: SqlValue): string {
  return value === null ? 'null' : literal(String(value))
}
