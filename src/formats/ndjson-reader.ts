// Reads NDJSON: each line is one JSON value. Empty lines are nothing.

import { parseJsonText, RefusedJson } from './json-text.ts'
import { maxRowLength, type ReadLine, type RowReader, tooLong } from './row-reader.ts'

export class NdjsonReader implements RowReader {
  #rest = ''
  #line = 0
  #isLost = false

  read(piece: string): readonly ReadLine[] {
    if (this.#isLost) return []
    const lines = (this.#rest + piece).split('\n')
    this.#rest = lines.pop() ?? ''
    const rows: ReadLine[] = []
    for (const text of lines) this.#add(rows, text)
    if (this.#rest.length <= maxRowLength) return rows
    this.#isLost = true
    return [...rows, tooLong(this.#line + 1)]
  }

  end(): readonly ReadLine[] {
    if (this.#isLost) return []
    const rows: ReadLine[] = []
    this.#add(rows, this.#rest)
    return rows
  }

  #add(rows: ReadLine[], text: string): void {
    this.#line++
    if (text.length > maxRowLength) rows.push(tooLong(this.#line))
    else if (text.trim() !== '') rows.push(readLine(this.#line, text))
  }
}

function readLine(line: number, text: string): ReadLine {
  try {
    return { line, values: parseJsonText(text) }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { line, mistake: error instanceof RefusedJson ? error.message : 'is not JSON' }
  }
}
