// Rows as JSON in lines (NDJSON, also called JSON Lines): each line is one row, a JSON object, and ends with a line feed.

import type { Values } from '../resource/row.ts'
import type { RowFormat } from './format.ts'

export const ndjson: RowFormat = {
  type: 'application/x-ndjson',
  contentType: 'application/x-ndjson; charset=utf-8',
  ending: 'ndjson',
  head: () => '',
  lineOf: fields => values => {
    const row: Values = {}
    for (let index = 0; index < fields.length; index++)
      row[fields[index]?.name ?? ''] = values[index] ?? null
    return `${JSON.stringify(row)}\n`
  },
}
