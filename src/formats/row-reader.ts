// Reads rows from a text that comes in pieces. A line that cannot be read is a mistake of that line alone, unless nothing
// after it can be understood either.

/** The row of a line, or its mistake. `line`: where it begins, from 1. */
export type ReadLine = ReadRow | LineMistake

export interface ReadRow {
  readonly line: number
  readonly values: unknown
}

export interface LineMistake {
  readonly line: number
  /** The member that it is about; undefined for the line as a whole. */
  readonly member?: string
  readonly mistake: string
}

export interface RowReader {
  /** The rows that end in this piece. */
  read(piece: string): readonly ReadLine[]
  /** The last row, if no line end is behind it. */
  end(): readonly ReadLine[]
}

/** In characters, the longest row: as long as the body of a request for one row. */
export const maxRowLength = 1_048_576

export function tooLong(line: number): LineMistake {
  return { line, mistake: `is longer than ${maxRowLength} characters` }
}

/** In bytes, how much of a text is looked at before others have their turn. */
const pieceBytes = 32 * 1024

/** The rows of a whole text, piece by piece. */
export function* rowsIn(
  reader: RowReader,
  text: Uint8Array,
): Generator<readonly ReadLine[], void, void> {
  // It takes away a byte order mark.
  const decoder = new TextDecoder()
  for (let start = 0; start < text.length; start += pieceBytes)
    yield reader.read(decoder.decode(text.subarray(start, start + pieceBytes), { stream: true }))
  yield [...reader.read(decoder.decode()), ...reader.end()]
}
