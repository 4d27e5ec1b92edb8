// Rows as files: CSV (RFC 4180), lines of JSON, JSON.

import { parseLinks } from './address.ts'
import { ask, type Problem } from './ask.ts'
import { toAddress } from './query.ts'

export type Row = Readonly<Record<string, unknown>>

/** More rows than this are for a program, not for a page. */
export const mostRows = 10_000

export interface Format {
  readonly name: string
  readonly extension: string
  readonly type: string
  readonly write: (rows: readonly Row[], columns: readonly string[]) => string
}

export const formats: readonly Format[] = [
  { name: 'CSV', extension: 'csv', type: 'text/csv', write: toCsv },
  {
    name: 'NDJSON',
    extension: 'ndjson',
    type: 'application/x-ndjson',
    write: rows => rows.map(row => `${JSON.stringify(row)}\n`).join(''),
  },
  {
    name: 'JSON',
    extension: 'json',
    type: 'application/json',
    write: rows => `${JSON.stringify(rows, null, 2)}\n`,
  },
]

/** `null` is nothing, and an empty text is `""`. */
export function toCsv(rows: readonly Row[], columns: readonly string[]): string {
  const lines = [columns, ...rows.map(row => columns.map(column => row[column]))]
  return lines.map(cells => `${cells.map(toCell).join(',')}\r\n`).join('')
}

function toCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  const cell = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return cell === '' || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

export interface Gathered {
  readonly rows: readonly Row[]
  readonly isComplete: boolean
  readonly problem?: Problem | undefined
}

/** Every row of a list, page by page, up to `mostRows`. */
export async function gather(
  path: string,
  query: URLSearchParams,
  onProgress: (rows: number) => void,
): Promise<Gathered> {
  const first = new URLSearchParams(query)
  first.delete('cursor')
  first.set('limit', '1000')
  const rows: Row[] = []
  let next: string | undefined = toAddress(path, first)
  while (next !== undefined && rows.length < mostRows) {
    const { value, headers, problem } = await ask('GET', next)
    if (problem !== undefined) return { rows, isComplete: false, problem }
    rows.push(...(value as Row[]))
    onProgress(rows.length)
    next = parseLinks(headers.get('link')).next
  }
  return { rows, isComplete: next === undefined }
}

/** Hands a file to the browser, which stores it where it stores downloads. */
export function download(name: string, type: string, content: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([content], { type }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
