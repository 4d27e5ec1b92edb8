// Files with a row on each line, CSV or NDJSON, for `load`: they are read piece by piece, so they may be of any size. Each is
// read twice, first to check all rows and then to store them.

import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { openPrincipal } from '../access/access.ts'
import { CsvReader } from '../formats/csv-reader.ts'
import { rowFormats } from '../formats/formats.ts'
import { NdjsonReader } from '../formats/ndjson-reader.ts'
import type { ReadLine, ReadRow, RowReader } from '../formats/row-reader.ts'
import { writeContext } from '../handlers/change.ts'
import { type Engine, tableOf } from '../handlers/engine.ts'
import { RefusedLine } from '../handlers/refused-line.ts'
import { type SentRow, storeRows } from '../handlers/store-rows.ts'
import type { Model } from '../resource/model.ts'
import type { Values } from '../resource/row.ts'
import type { Progress, Work } from '../store/store.ts'
import { bodyFindings, findingToText } from '../validation/validator.ts'
import {
  type LoadedRecord,
  RecordError,
  recordValidatorOf,
  refusedRecord,
  requireModel,
} from './records.ts'

/** A file, and the resource whose rows it has. */
export interface RowFile {
  readonly file: string
  readonly model: Model
}

const endings = [...rowFormats.values()].map(({ ending }) => `.${ending}`)

export function isRowFile(file: string): boolean {
  return endings.includes(extname(file))
}

/** `books.csv` has books. */
export function toRowFile(models: readonly Model[], file: string): RowFile {
  return { file, model: requireModel(models, basename(file, extname(file)), file) }
}

/** Whether each row refers only to rows of files before it, so that none has to wait for another one. */
export function canBeStreamed(models: readonly Model[], files: readonly RowFile[]): boolean {
  const placeOf = (name: string) => models.findIndex(model => model.name === name)
  const loaded = files.map(({ model }) => model.name)
  return files.every(({ model: { name, references, links } }) =>
    [...references, ...links].every(
      ({ model }) => !loaded.includes(model) || placeOf(model) < placeOf(name),
    ),
  )
}

/** The rows of a file as records, all in memory. Throws a `RecordError`. */
export function rowsToRecords({ file, model }: RowFile): readonly LoadedRecord[] {
  const lines = [...linesOf({ file, model }, () => {})].flat()
  const mistakes = lines.flatMap(line => ('mistake' in line ? [mistakeText(file, line)] : []))
  if (mistakes.length > 0) throw new RecordError(mistakes)
  return (lines as ReadRow[]).map(({ line, values }) => ({
    model,
    values: values as Values,
    place: placeIn(file, line),
  }))
}

/** Stores the rows of all files in one transaction, parents first. Returns how many there are. Throws a `RecordError`. */
export async function storeRowFiles(
  engine: Engine,
  files: readonly RowFile[],
  progress: Progress,
): Promise<number> {
  const ordered = engine.models.flatMap(model => files.filter(file => file.model === model))
  // Each is read twice.
  const total = 2 * ordered.reduce((sum, { file }) => sum + statSync(file).size, 0)
  const tell = (before: number) => {
    let done = before
    return (bytes: number) => {
      done += bytes
      progress(done, total)
    }
  }
  checkFiles(ordered, tell(0))
  return engine.passwords.transact(engine, () => storeFiles(engine, ordered, tell(total / 2)))
}

type Tell = (bytes: number) => void

/** How many mistakes are looked for. */
const maxMistakes = 1000

function checkFiles(files: readonly RowFile[], tell: Tell): void {
  const mistakes: string[] = []
  for (const source of files)
    for (const lines of linesOf(source, tell)) {
      for (const line of lines) mistakes.push(...mistakesIn(source, line))
      if (mistakes.length > maxMistakes) throw new RecordError(mistakes)
    }
  if (mistakes.length > 0) throw new RecordError(mistakes)
}

function mistakesIn({ file, model }: RowFile, line: ReadLine): readonly string[] {
  if ('mistake' in line) return [mistakeText(file, line)]
  const findings = bodyFindings(recordValidatorOf(model)(line.values))
  return findings.map(finding => `${placeIn(file, line.line)}: ${findingToText(finding)}`)
}

function mistakeText(file: string, { line, member, mistake }: Exclude<ReadLine, ReadRow>): string {
  return `${placeIn(file, line)}: ${member === undefined ? '' : `${member} `}${mistake}`
}

const placeIn = (file: string, line: number) => `${file} line ${line}`

function* storeFiles(engine: Engine, files: readonly RowFile[], tell: Tell): Work<number> {
  const counts = { created: 0, replaced: 0, skipped: 0 }
  for (const source of files) {
    const context = writeContext(engine, openPrincipal)
    const table = tableOf(engine, source.model.name)
    const storing = { context, table, onDuplicate: 'refuse', counts, written: undefined } as const
    for (const lines of linesOf(source, tell)) {
      yield* storeLines(storing, source, lines as readonly SentRow[])
      // Nobody hears of them after the commit.
      context.journal.length = 0
    }
  }
  return counts.created
}

function* storeLines(
  storing: Parameters<typeof storeRows>[0],
  { file, model }: RowFile,
  lines: readonly SentRow[],
): Work<void> {
  try {
    yield* storeRows(storing, lines)
  } catch (error) {
    if (!(error instanceof RefusedLine)) throw error
    throw refusedRecord({ model, place: placeIn(file, error.line) }, error.cause)
  }
}

/** In bytes, how much of a file is in memory. */
const pieceBytes = 64 * 1024

/** Reads the file from its beginning, so that the work in which it is read may be started again. */
function* linesOf(
  { file, model }: RowFile,
  tell: Tell,
): Generator<readonly ReadLine[], void, void> {
  const reader: RowReader =
    extname(file) === '.csv'
      ? new CsvReader(model.fields.filter(({ borrowed }) => !borrowed))
      : new NdjsonReader()
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const descriptor = openSync(file, 'r')
  try {
    const piece = Buffer.alloc(pieceBytes)
    for (;;) {
      const length = readSync(descriptor, piece)
      const text = decode(file, decoder, piece.subarray(0, length))
      yield length === 0 ? [...reader.read(text), ...reader.end()] : reader.read(text)
      if (length === 0) return
      tell(length)
    }
  } finally {
    closeSync(descriptor)
  }
}

/** `bytes`: none at the end. */
function decode(file: string, decoder: TextDecoder, bytes: Buffer): string {
  if (bytes.includes(0))
    throw new Error(`${file} is UTF-16, as some Windows tools write it: save it as UTF-8`)
  try {
    return decoder.decode(bytes, { stream: bytes.length > 0 })
  } catch (cause) {
    throw new Error(`${file} is not UTF-8: save it as UTF-8`, { cause })
  }
}
