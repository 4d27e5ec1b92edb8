// `export`: writes the rows of resources into files that `load` takes.

import { closeSync, existsSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { databaseOptions, readConfig } from '../config.ts'
import { loadModels, schemasFolder } from '../definitions/load.ts'
import { createEngine, type Engine, tableOf } from '../handlers/engine.ts'
import type { ListQuery } from '../query/query.ts'
import { didYouMean } from '../resource/did-you-mean.ts'
import type { Model } from '../resource/model.ts'
import { rowToValues, type SqlValue } from '../resource/row.ts'
import { lookedAt, openStore } from '../store/open.ts'
import { selectPage } from '../store/select.ts'
import type { Work } from '../store/store.ts'
import { type CommandCall, UsageError } from './command.ts'

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
    const target = { folder, overwrite: options.overwrite === true }
    for (const [name, count] of await exportRows(engine, chosen, target))
      console.log(`${name} ${count}`)
  } finally {
    await store.close()
  }
}

/** Those that are named, or all; never one whose rows a file cannot bring back. */
export function chooseModels(models: readonly Model[], names: readonly string[]): readonly Model[] {
  const known = models.map(({ name }) => name)
  const unknown = names.find(name => !known.includes(name))
  if (unknown !== undefined)
    throw new UsageError(`There is no resource '${unknown}'${didYouMean(unknown, known) || '.'}`)
  const chosen = names.length === 0 ? models : models.filter(({ name }) => names.includes(name))
  return chosen.filter(({ name, fields }) => {
    const hashed = fields.find(({ kind }) => kind.isHashed)
    if (hashed === undefined) return true
    console.error(`${name} is left out: 'load' would hash the hashes in ${hashed.name} again`)
    return false
  })
}

interface Target {
  readonly folder: string
  readonly overwrite: boolean
}

/** Writes one file for each, all from one state of the database. Returns how many rows each has. */
export async function exportRows(
  engine: Engine,
  models: readonly Model[],
  { folder, overwrite }: Target,
): Promise<ReadonlyMap<string, number>> {
  const paths = models.map(({ name }) => join(folder, `${name}.ndjson`))
  const there = overwrite ? undefined : paths.find(path => existsSync(path))
  if (there !== undefined) throw new Error(`${there} is there already: add --overwrite`)
  mkdirSync(folder, { recursive: true })
  const files = models.map((model, index) => ({ model, file: openSync(paths[index] ?? '', 'w') }))
  try {
    return await engine.store.read(() => writeAll(engine, files))
  } finally {
    for (const { file } of files) closeSync(file)
  }
}

interface OpenFile {
  readonly model: Model
  readonly file: number
}

/** It writes at places in the files, and so it may be started again. */
function* writeAll(engine: Engine, files: readonly OpenFile[]): Work<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (const { model, file } of files) counts.set(model.name, yield* writeRows(engine, model, file))
  return counts
}

function* writeRows(engine: Engine, model: Model, file: number): Work<number> {
  let [count, place] = [0, 0]
  let last: SqlValue | undefined
  for (;;) {
    const rows = yield selectPage(tableOf(engine, model.name), portionAfter(model, last))
    const own = rows.slice(0, portion)
    const lines = own.map(row => `${JSON.stringify(rowToValues(model.fields, row))}\n`).join('')
    place += writeSync(file, Buffer.from(lines), 0, null, place)
    count += own.length
    if (rows.length <= portion) return count
    last = own.at(-1)?.[0]
  }
}

/** How many rows are read at once. */
const portion = 500

/** In the order of the key, which is the first column. */
function portionAfter({ key, fields }: Model, last: SqlValue | undefined): ListQuery {
  return {
    filters: [],
    sort: [{ field: key, descending: false, prefix: undefined }],
    position: last === undefined ? undefined : { values: [last], backward: false },
    limit: portion,
    fields,
    columns: fields,
    size: undefined,
    signature: '',
  }
}
