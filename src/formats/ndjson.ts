// Rows as JSON in lines (NDJSON, also called JSON Lines): each line is one row, a JSON object, and ends with a line feed.

import type { RowFormat } from './format.ts'

export const ndjson: RowFormat = {
  type: 'application/x-ndjson',
  contentType: 'application/x-ndjson; charset=utf-8',
  ending: 'ndjson',
  head: () => '',
  line: (_fields, values) => `${JSON.stringify(values)}\n`,
}
