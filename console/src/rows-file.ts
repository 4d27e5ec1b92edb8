// A file of rows that somebody chose: what is in it, and the text that is sent of it.

import { type Cell, CsvError, recordAt } from '../../src/formats/csv-records.ts'
import type { Field } from './schema.ts'

export const csvType = 'text/csv'
export const ndjsonType = 'application/x-ndjson'

export interface RowsFile {
  readonly name: string
  readonly blob: Blob
  readonly type: typeof csvType | typeof ndjsonType
}

/** A row, and the line on which it begins, from 1. */
export interface FileRow {
  readonly line: number
  readonly cells: readonly string[]
}

export interface FileTable {
  readonly columns: readonly string[]
  readonly rows: readonly FileRow[]
}

export interface Contents extends FileTable {
  /** How many rows there are. */
  readonly total: number
  /** Why the rest cannot be read, and where. */
  readonly mistake: { readonly line: number; readonly detail: string } | undefined
}

export function toRowsFile(file: File): RowsFile {
  const isCsv = file.type === csvType || /\.(?:csv|txt)$/i.test(file.name)
  return { name: file.name, blob: file, type: isCsv ? csvType : ndjsonType }
}

const firstRows = 8

export async function readContents(file: RowsFile): Promise<Contents> {
  const first: Item[] = []
  let total = 0
  let mistake: Contents['mistake']
  try {
    for await (const items of itemsIn(file)) {
      first.push(...items.slice(0, firstRows + 1 - first.length))
      total += items.length
    }
  } catch (error) {
    if (!(error instanceof ReadingError)) throw error
    mistake = { line: error.line, detail: error.message }
  }
  const header = file.type === csvType ? 1 : 0
  return { ...toTable(file, first), total: Math.max(0, total - header), mistake }
}

/** The rows that begin on these lines. */
export async function rowsAt(file: RowsFile, lines: ReadonlySet<number>): Promise<FileTable> {
  const wanted: Item[] = []
  try {
    for await (const items of itemsIn(file))
      wanted.push(...items.filter(({ line }) => line === 1 || lines.has(line)))
  } catch (error) {
    if (!(error instanceof ReadingError)) throw error
  }
  const { columns, rows } = toTable(file, wanted)
  return { columns, rows: rows.filter(({ line }) => lines.has(line)) }
}

/** The field for each column, by its name, or else by its title; nothing for one that is unknown. */
export function matchColumns(columns: readonly string[], fields: readonly Field[]) {
  const free = new Set(fields.map(({ name }) => name))
  const take = (name: string) => (free.delete(name) ? name : undefined)
  const exact = columns.map(take)
  return columns.map((column, at) => exact[at] ?? take(toName(column)))
}

/** ` Page count` → `page_count`. */
const toName = (column: string) => column.trim().toLowerCase().replaceAll(/\W+/g, '_')

/** The same rows, with these names for their columns; a column without one is left out. */
export async function withColumns(
  file: RowsFile,
  names: readonly (string | undefined)[],
): Promise<RowsFile> {
  const parts: Blob[] = []
  let isHeader = true
  for await (const items of itemsIn(file)) {
    const lines = items.map(({ cells }) => {
      const named = isHeader ? names : cells
      isHeader = false
      return named.filter((_, at) => at >= names.length || names[at] !== undefined)
    })
    parts.push(new Blob(lines.map(cells => `${cells.map(toCell).join(',')}\n`)))
  }
  return { ...file, blob: new Blob(parts) }
}

function toCell(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return ''
  return cell === '' || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

interface Item {
  readonly line: number
  readonly cells: readonly Cell[]
}

class ReadingError extends Error {
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}

/** The records of CSV, or the lines of JSON, piece by piece. */
async function* itemsIn({ blob, type }: RowsFile): AsyncGenerator<readonly Item[]> {
  const take = type === csvType ? takeRecords : takeLines
  let rest = ''
  let line = 1
  const texts = blob.stream().pipeThrough(new TextDecoderStream())
  for await (const text of texts as unknown as AsyncIterable<string>) {
    const taken = take(rest + text, line, false)
    ;({ rest, line } = taken)
    yield taken.items
  }
  yield take(rest, line, true).items
}

interface Taken {
  readonly items: readonly Item[]
  readonly rest: string
  readonly line: number
}

function takeRecords(text: string, start: number, isLast: boolean): Taken {
  const items: Item[] = []
  let line = start
  let at = 0
  while (at < text.length) {
    const record = readRecord(text, { at, line, isLast })
    if (record === undefined) break
    const { cells, next, breaks } = record
    if (cells.length > 1 || cells[0] !== null) items.push({ line, cells })
    line += 1 + breaks
    at = next
  }
  return { items, line, rest: text.slice(at) }
}

interface Position {
  readonly at: number
  readonly line: number
  readonly isLast: boolean
}

function readRecord(text: string, { at, line, isLast }: Position) {
  try {
    return recordAt(text, at, isLast)
  } catch (error) {
    throw error instanceof CsvError ? new ReadingError(line, error.message) : error
  }
}

function takeLines(text: string, start: number, isLast: boolean): Taken {
  const lines = text.split('\n')
  const rest = isLast ? '' : (lines.pop() ?? '')
  const items = lines.map((line, at) => ({ line: start + at, cells: [line] }))
  return {
    items: items.filter(({ cells: [line = ''] }) => line.trim() !== ''),
    line: start + lines.length,
    rest,
  }
}

function toTable({ type }: RowsFile, items: readonly Item[]): FileTable {
  return type === csvType ? csvTable(items) : ndjsonTable(items)
}

function csvTable([header, ...items]: readonly Item[]): FileTable {
  const rows = items.map(({ line, cells }) => ({ line, cells: cells.map(cell => cell ?? '') }))
  return { columns: (header?.cells ?? []).map(cell => cell ?? ''), rows }
}

function ndjsonTable(items: readonly Item[]): FileTable {
  const read = items.map(({ line, cells: [text] }) => ({ line, members: toMembers(text ?? '') }))
  const columns = [...new Set(read.flatMap(({ members }) => Object.keys(members)))]
  const rows = read.map(({ line, members }) => ({
    line,
    cells: columns.map(column => toText(members[column])),
  }))
  return { columns, rows }
}

function toMembers(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

function toText(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
