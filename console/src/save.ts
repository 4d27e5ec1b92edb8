// Rows as files, as the service writes them: CSV (RFC 4180), CSV for a spreadsheet, lines of JSON.

import { askText, type Problem } from './ask.ts'
import { toAddress } from './query.ts'

export type Row = Readonly<Record<string, unknown>>

export interface Format {
  readonly name: string
  readonly extension: string
  /** What the service is asked for. */
  readonly headers: Readonly<Record<string, string>>
}

export const formats: readonly Format[] = [
  { name: 'CSV', extension: 'csv', headers: { accept: 'text/csv' } },
  {
    name: 'CSV for a spreadsheet',
    extension: 'csv',
    headers: { accept: 'text/csv', prefer: 'csv=spreadsheet' },
  },
  { name: 'NDJSON', extension: 'ndjson', headers: { accept: 'application/x-ndjson' } },
]

export interface Gathered {
  readonly text: string
  readonly problem: Problem | undefined
}

/** Every row of a list, of one state. */
export function gather(
  path: string,
  query: URLSearchParams,
  { headers }: Format,
): Promise<Gathered> {
  const whole = new URLSearchParams(query)
  whole.delete('cursor')
  whole.delete('limit')
  return askText(toAddress(path, whole), headers)
}

/** Hands a file to the browser, which stores it where it stores downloads. */
export function download(name: string, type: string, content: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([content], { type }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
