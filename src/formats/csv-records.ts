// Takes CSV apart (RFC 4180): records of cells. Lines end with CRLF or LF.

/** The text of a cell; null for one that is empty without quotes. */
export type Cell = string | null

/** `next`: where the record after it begins. `breaks`: how many lines it has beyond the first. */
export interface CsvRecord {
  readonly cells: readonly Cell[]
  readonly next: number
  readonly breaks: number
}

/** The text cannot be taken apart from here on. */
export class CsvError extends Error {}

const [quote, comma, lineFeed, carriageReturn] = [34, 44, 10, 13]

/** The record that begins at `start`; undefined if the text ends before it does. `isLast`: whether no more text will come. */
export function recordAt(text: string, start: number, isLast: boolean): CsvRecord | undefined {
  const cells: Cell[] = []
  let breaks = 0
  for (let at = start; ; ) {
    const isQuoted = text.charCodeAt(at) === quote
    const end = isQuoted ? closingQuote(text, at, isLast) : cellEnd(text, at)
    if (end === undefined) return undefined
    const cell = isQuoted ? unquoted(text, at, end) : text.slice(at, end)
    const after = afterCell(text, isQuoted ? end + 1 : end, isLast)
    if (after === undefined) return undefined
    if (isQuoted) breaks += countBreaks(cell)
    cells.push(isQuoted || cell !== '' ? cell : null)
    if (after.endsRecord) return { cells, next: after.next, breaks }
    at = after.next
  }
}

/** Where a cell without quotes ends: at a comma, a line end, or the end of the text. */
function cellEnd(text: string, start: number): number {
  let at = start
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === comma || code === lineFeed) break
    if (code === quote)
      throw new CsvError(
        'has a quote in a cell that does not begin with one: double it, and put the cell in quotes',
      )
  }
  const isBeforeBreak = at > start && text.charCodeAt(at - 1) === carriageReturn
  return isBeforeBreak && text.charCodeAt(at) !== comma ? at - 1 : at
}

/** The quote that ends the cell that begins with one. */
function closingQuote(text: string, start: number, isLast: boolean): number | undefined {
  for (let at = start + 1; ; at += 2) {
    at = text.indexOf('"', at)
    if (at === -1 && isLast) throw new CsvError('has a quote that is never closed')
    if (at === -1 || (at + 1 === text.length && !isLast)) return undefined
    if (text.charCodeAt(at + 1) !== quote) return at
  }
}

function unquoted(text: string, start: number, end: number): string {
  const cell = text.slice(start + 1, end)
  return cell.includes('"') ? cell.replaceAll('""', '"') : cell
}

/** The character behind a cell; undefined if it is not known yet. */
function afterCell(
  text: string,
  at: number,
  isLast: boolean,
): { readonly endsRecord: boolean; readonly next: number } | undefined {
  const code = text.charCodeAt(at)
  if (code === comma) return { endsRecord: false, next: at + 1 }
  if (code === lineFeed) return { endsRecord: true, next: at + 1 }
  if (code === carriageReturn && text.charCodeAt(at + 1) === lineFeed)
    return { endsRecord: true, next: at + 2 }
  const isAtEnd = at >= text.length || (code === carriageReturn && at + 1 === text.length)
  if (!isAtEnd) throw new CsvError('has text behind a closing quote')
  return isLast ? { endsRecord: true, next: text.length } : undefined
}

function countBreaks(cell: string): number {
  let count = 0
  for (let at = cell.indexOf('\n'); at !== -1; at = cell.indexOf('\n', at + 1)) count++
  return count
}
