// `export`: writes the rows of resources into files that `load` takes.

import { closeSync, existsSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { databaseOptions, readConfig } from '../config.ts'
import { loadModels, schemasFolder } from '../definitions/load.ts'
import { createEngine, type Engine, tableOf } from '../handlers/engine.ts'
import { didYouMean } from '../resource/did-you-mean.ts'
import type { Model } from '../resource/model.ts'
import type { Row, SqlValue } from '../resource/row.ts'
import { countExact, selectExact } from '../store/exact-rows.ts'
import { selectSetAside } from '../store/kept-rows.ts'
import { lookedAt, openStore } from '../store/open.ts'
import type { Progress, Work } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import { type CommandCall, UsageError } from './command.ts'
import { rowToLine, setAsideMember } from './exact-line.ts'
import { withProgress } from './progress.ts'

export async function runExport({ operands, options, environment }: CommandCall): Promise<void> {
  const [folder, ...names] = operands
  if (folder === undefined) throw new UsageError('export needs a folder.')
  const config = readConfig(environment, true)
  const models = await loadModels(schemasFolder)
  const chosen = chooseModels(models.models, names)
  const store = openStore(lookedAt(config.DATABASE_URL), {
    exclusive: false,
    ...databaseOptions(config, environment),
  })
  try {
    const engine = createEngine({ models, store })
    let counts: ReadonlyMap<string, number> = new Map()
    await withProgress(async progress => {
      const target = { folder, overwrite: options.overwrite === true, progress }
      counts = await exportRows(engine, chosen, target)
    })
    for (const [name, count] of counts) console.log(`${name} ${count}`)
  } finally {
    await store.close()
  }
}

/** Those that are named, or all. */
export function chooseModels(models: readonly Model[], names: readonly string[]): readonly Model[] {
  const known = models.map(({ name }) => name)
  const unknown = names.find(name => !known.includes(name))
  if (unknown !== undefined)
    throw new UsageError(`There is no resource '${unknown}'${didYouMean(unknown, known) || '.'}`)
  return names.length === 0 ? models : models.filter(({ name }) => names.includes(name))
}

interface Target {
  readonly folder: string
  readonly overwrite: boolean
  readonly progress?: Progress
}

/** Writes one file for each, all from one state of the database. Returns how many rows each has. */
export async function exportRows(
  engine: Engine,
  models: readonly Model[],
  { folder, overwrite, progress = () => {} }: Target,
): Promise<ReadonlyMap<string, number>> {
  const paths = models.map(({ name }) => join(folder, `${name}.ndjson`))
  const there = overwrite ? undefined : paths.find(path => existsSync(path))
  if (there !== undefined) throw new Error(`${there} is there already: add --overwrite`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // Hashes of passwords are for nobody else.
  const files = models.map((model, index) => ({
    model,
    file: openSync(paths[index] ?? '', 'w', 0o600),
  }))
  try {
    return await engine.store.read(() => writeAll(engine, files, progress))
  } finally {
    for (const { file } of files) closeSync(file)
  }
}

interface OpenFile {
  readonly model: Model
  readonly file: number
}

/** It writes at places in the files, and so it may be started again. */
function* writeAll(
  engine: Engine,
  files: readonly OpenFile[],
  progress: Progress,
): Work<ReadonlyMap<string, number>> {
  const tables = files.map(({ model, file }) => ({ table: tableOf(engine, model.name), file }))
  let total = 0
  for (const { table } of tables) total += Number((yield countExact(table))[0]?.[0])
  const counts = new Map<string, number>()
  let done = 0
  for (const { table, file } of tables) {
    const count = yield* writeRows(table, file, rows => progress(done + rows, total))
    counts.set(table.model.name, count)
    done += count
  }
  return counts
}

function* writeRows(table: Table, file: number, tell: (rows: number) => void): Work<number> {
  const { model } = table
  let [count, place] = [0, 0]
  const write = (lines: readonly string[]) => {
    place += writeSync(file, Buffer.from(lines.join('')), 0, null, place)
  }
  let last: SqlValue | undefined
  for (;;) {
    const rows = yield selectExact(table, last, portion)
    if (rows.length === 0) break
    write(rows.map(row => rowToLine(model, row)))
    count += rows.length
    tell(count)
    last = rows.at(-1)?.[0]
  }
  if (model.keepDeleted) yield* writeSetAside(table, write)
  return count
}

function* writeSetAside(table: Table, write: (lines: readonly string[]) => void): Work<void> {
  for (let last: SqlValue = 0; ; ) {
    const rows: readonly Row[] = yield selectSetAside(table, last, portion)
    if (rows.length === 0) return
    write(rows.map(([, row]) => `{"${setAsideMember}":${row}}\n`))
    last = rows.at(-1)?.[0] ?? null
  }
}

/** How many rows are read at once. */
const portion = 500
