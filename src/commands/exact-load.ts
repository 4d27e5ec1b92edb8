// `load --exact`: stores the lines of files of `export` as they are, without hooks, in one transaction and constant memory.

import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import { databaseOptions, readConfig } from '../config.ts'
import { loadModels, schemasFolder } from '../definitions/load.ts'
import { createEngine, type Engine, tableOf } from '../handlers/engine.ts'
import type { Field } from '../resource/field.ts'
import { isColumn, type Model } from '../resource/model.ts'
import { numberOf } from '../resource/number-of.ts'
import { type SqlValue, toStored, type Values } from '../resource/row.ts'
import { exactFields, insertExact, rowsAtOnce, setExact } from '../store/exact-rows.ts'
import { insertSetAside } from '../store/kept-rows.ts'
import { fillList } from '../store/links.ts'
import { openStore } from '../store/open.ts'
import { StoreError, type Work } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import { beforeInsert } from '../store/write.ts'
import { type CommandCall, UsageError } from './command.ts'
import { lineMistakes, lineToRow, setAsideMember } from './exact-line.ts'
import { withProgress } from './progress.ts'
import { RecordError, requireModel } from './records.ts'
import { migrateModels } from './tables.ts'

export async function loadExact({
  operands: paths,
  version,
  environment,
}: CommandCall): Promise<void> {
  const other = paths.find(path => !path.endsWith('.ndjson'))
  if (other !== undefined)
    throw new UsageError(`--exact takes files of export, which end with .ndjson, unlike ${other}.`)
  const config = readConfig(environment, true)
  const models = await loadModels(schemasFolder)
  const store = openStore(config.DATABASE_URL, {
    exclusive: false,
    ...databaseOptions(config, environment),
  })
  try {
    await migrateModels(store, { models, version })
    let count = 0
    await withProgress(async progress => {
      const size = paths.reduce((sum, path) => sum + statSync(path).size, 0)
      count = await loadExactly(createEngine({ models, store }), paths, bytes =>
        progress(bytes, size),
      )
    })
    console.log(`${numberOf(count, 'row')} stored in ${store.location}`)
  } finally {
    await store.close()
  }
}

interface ExactFile {
  readonly model: Model
  readonly path: string
}

/** Returns how many rows were stored. Throws a `RecordError` that names file and line, and then nothing is stored. */
export async function loadExactly(
  engine: Engine,
  paths: readonly string[],
  progress: (bytes: number) => void = () => {},
): Promise<number> {
  const files = paths.map(path => ({
    path,
    model: requireModel(engine.models, basename(path, '.ndjson'), path),
  }))
  const ordered = engine.models.flatMap(model => files.filter(file => file.model === model))
  return engine.store.transact(() => storeAll(engine, ordered, progress))
}

/** References to rows that come later are set when all rows are there, as the lists of keys are. */
function* storeAll(
  engine: Engine,
  files: readonly ExactFile[],
  progress: (bytes: number) => void,
): Work<number> {
  let [count, bytes] = [0, 0]
  const later = files.map(({ model }, index) =>
    laterFields(
      model,
      files.slice(index).map(file => file.model.name),
    ),
  )
  for (const [index, file] of files.entries()) {
    const table = tableOf(engine, file.model.name)
    count += yield* storeRows(table, file, later[index] ?? [])
    bytes += statSync(file.path).size
    progress(bytes)
  }
  for (const [index, file] of files.entries())
    yield* completeRows(tableOf(engine, file.model.name), file, later[index] ?? [])
  return count
}

/** The fields that may refer to rows of these resources, which are not stored yet, and may be empty at first. */
function laterFields({ references }: Model, unstored: readonly string[]): readonly Field[] {
  return references
    .filter(({ model, field }) => unstored.includes(model) && field.nullable)
    .map(({ field }) => field)
}

function* storeRows(table: Table, file: ExactFile, later: readonly Field[]): Work<number> {
  const { model } = table
  let portion: (readonly SqlValue[])[] = []
  let count = 0
  let largest: SqlValue = null
  for (const { line, place } of linesOf(file.path)) {
    if (setAsideMember in line) {
      yield insertSetAside(table, JSON.stringify(line[setAsideMember]))
      continue
    }
    const row = readRow(model, line, place)
    portion.push(toColumns(model, row, later))
    count++
    largest = row[0] ?? null
    if (portion.length < rowsAtOnce(table)) continue
    yield* insert(table, portion, place)
    portion = []
  }
  if (portion.length > 0) yield* insert(table, portion, `${file.path} line ${count}`)
  for (const statement of beforeInsert(table, [largest])) yield statement
  return count
}

function readRow(model: Model, line: Values, place: string): readonly SqlValue[] {
  const mistakes = lineMistakes(model, line)
  if (mistakes.length > 0) throw new RecordError(mistakes.map(mistake => `${place}: ${mistake}`))
  return lineToRow(model, line)
}

/** Without the fields that are no columns. */
function toColumns(model: Model, row: readonly SqlValue[], later: readonly Field[]): SqlValue[] {
  const fields = exactFields(model)
  return row
    .map((value, index) => (later.includes(fields[index] as Field) ? null : value))
    .filter((_, index) => fields[index] === undefined || isColumn(fields[index] as Field))
}

/** `place`: of the last of the rows. */
function* insert(table: Table, rows: readonly (readonly SqlValue[])[], place: string): Work<void> {
  try {
    yield insertExact(table, rows)
  } catch (error) {
    if (!(error instanceof StoreError) || error.code === 'fault') throw error
    throw new RecordError([
      `${place}, or one of the ${rows.length} lines that end with it: ${error.message}`,
    ])
  }
}

function* completeRows(table: Table, file: ExactFile, later: readonly Field[]): Work<void> {
  const { key, links } = table.model
  if (later.length === 0 && links.length === 0) return
  for (const { line } of linesOf(file.path)) {
    if (setAsideMember in line) continue
    const own = toStored(key, line[key.name])
    const set = later
      .map(field => [field, toStored(field, line[field.name])] as const)
      .filter(([, value]) => value !== null)
    if (set.length > 0) yield setExact(table, own, set)
    for (const link of links) {
      const keys = [line[link.field.name] ?? []].flat() as SqlValue[]
      if (keys.length > 0) yield fillList(table, link, own, keys)
    }
  }
}

interface Line {
  readonly line: Values
  readonly place: string
}

/** The lines of a file, one by one. */
function* linesOf(path: string): Generator<Line> {
  let number = 0
  for (const text of textsOf(path)) {
    number++
    if (text.trim() === '') continue
    const place = `${path} line ${number}`
    yield { line: parseLine(text, place), place }
  }
}

function parseLine(text: string, place: string): Values {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Values
  } catch (error) {
    throw new RecordError([`${place}: is not JSON: ${(error as Error).message}`])
  }
  throw new RecordError([`${place}: must be object`])
}

const blockSize = 1024 * 1024

function* textsOf(path: string): Generator<string> {
  const file = openSync(path, 'r')
  try {
    const block = Buffer.alloc(blockSize)
    const decoder = new StringDecoder('utf8')
    let rest = ''
    for (let read = readSync(file, block); read > 0; read = readSync(file, block)) {
      const texts = (rest + decoder.write(block.subarray(0, read))).split('\n')
      rest = texts.pop() ?? ''
      yield* texts
    }
    if (rest !== '') yield rest
  } finally {
    closeSync(file)
  }
}
