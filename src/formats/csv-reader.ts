// Reads rows from CSV: a header line with the names of members, then a record for each row. An empty cell is a member that is
// not there, `""` an empty text; a number or a Boolean is as in JSON, a list or an object JSON text.

import { didYouMean } from '../resource/did-you-mean.ts'
import type { Field } from '../resource/field.ts'
import { numberOf } from '../resource/number-of.ts'
import { type Cell, CsvError, recordAt } from './csv-records.ts'
import { isWrittenAsJson } from './format.ts'
import { parseJsonText, RefusedJson } from './json-text.ts'
import {
  type LineMistake,
  maxRowLength,
  type ReadLine,
  type RowReader,
  tooLong,
} from './row-reader.ts'

export class CsvReader implements RowReader {
  /** The members that a row may have, by their names. */
  readonly #members: ReadonlyMap<string, Field>
  /** Of the columns; undefined before the header line. */
  #columns: readonly Field[] | undefined
  #rest = ''
  /** The line on which the rest begins. */
  #line = 1
  #isLost = false

  constructor(members: readonly Field[]) {
    this.#members = new Map(members.map(field => [field.name, field]))
  }

  read(piece: string): readonly ReadLine[] {
    const rows = this.#take(piece, false)
    if (this.#isLost || this.#rest.length <= maxRowLength) return rows
    return [...rows, this.#lose(tooLong(this.#line))]
  }

  end(): readonly ReadLine[] {
    const rows = this.#take('', true)
    if (this.#isLost || this.#columns !== undefined) return rows
    return [
      ...rows,
      this.#lose({ line: 1, mistake: 'must be a header line with the names of members' }),
    ]
  }

  #take(piece: string, isLast: boolean): readonly ReadLine[] {
    if (this.#isLost) return []
    const text = this.#rest + piece
    const rows: ReadLine[] = []
    let at = 0
    try {
      while (at < text.length && !this.#isLost) {
        const record = recordAt(text, at, isLast)
        if (record === undefined) break
        rows.push(...this.#toLines(record.cells, record.next - at))
        this.#line += 1 + record.breaks
        at = record.next
      }
    } catch (error) {
      if (!(error instanceof CsvError)) throw error
      return [...rows, this.#lose({ line: this.#line, mistake: error.message })]
    }
    this.#rest = text.slice(at)
    return rows
  }

  /** Nothing behind this can be understood. */
  #lose(mistake: LineMistake): LineMistake {
    this.#isLost = true
    this.#rest = ''
    return mistake
  }

  #toLines(cells: readonly Cell[], length: number): readonly ReadLine[] {
    const line = this.#line
    if (length > maxRowLength) return [tooLong(line)]
    if (this.#columns === undefined) return this.#readHeader(cells)
    const isEmpty = cells.length === 1 && cells[0] === null
    if (isEmpty && this.#columns.length > 1) return []
    if (cells.length === this.#columns.length) return [toRow(line, this.#columns, cells)]
    const mistake = `has ${numberOf(cells.length, 'cell')}, and the header line ${this.#columns.length}`
    return [{ line, mistake }]
  }

  #readHeader(cells: readonly Cell[]): readonly ReadLine[] {
    const seen = new Set<string>()
    const mistakes: LineMistake[] = []
    // Further ones are unknown or there twice, and have been refused with those before them.
    for (const cell of cells.slice(0, this.#members.size + 100)) {
      const member = cell ?? ''
      if (!this.#members.has(member)) mistakes.push(this.#inHeader(member, this.#unknown(member)))
      if (seen.has(member)) mistakes.push(this.#inHeader(member, 'is in the header line twice'))
      seen.add(member)
    }
    this.#columns = [...seen].flatMap(name => this.#members.get(name) ?? [])
    this.#isLost = mistakes.length > 0
    return mistakes
  }

  #unknown(member: string): string {
    return `is not a known member${didYouMean(member, this.#members.keys())}`
  }

  #inHeader(member: string, mistake: string): LineMistake {
    return { line: this.#line, member, mistake }
  }
}

function toRow(line: number, columns: readonly Field[], cells: readonly Cell[]): ReadLine {
  const values: Record<string, unknown> = {}
  for (let index = 0; index < columns.length; index++) {
    const [field, cell] = [columns[index] as Field, cells[index] ?? null]
    if (cell === null) continue
    try {
      values[field.name] = cellToValue(field, cell)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      const mistake = error instanceof RefusedJson ? error.message : 'must be JSON'
      return { line, member: field.name, mistake }
    }
  }
  return { line, values }
}

/** A text that is no number stays a text, and the schema refuses it. */
function cellToValue(field: Field, cell: string): unknown {
  if (isWrittenAsJson(field)) return parseJsonText(cell)
  const { type } = field.schema
  if (type === 'string') return cell
  if (type === 'boolean') return cell === 'true' ? true : cell === 'false' ? false : cell
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(cell) ? Number(cell) : cell
}
