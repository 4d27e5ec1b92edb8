// `load`: stores the records of files in JSON, NDJSON or CSV, all or nothing.

import { readFile } from 'node:fs/promises'
import { databaseOptions, readConfig } from '../config.ts'
import { loadModels, schemasFolder } from '../definitions/load.ts'
import { createEngine, type Engine } from '../handlers/engine.ts'
import type { Model } from '../resource/model.ts'
import { numberOf } from '../resource/number-of.ts'
import { parseJson } from '../server/body.ts'
import { openStore } from '../store/open.ts'
import type { Progress } from '../store/store.ts'
import { decodeText } from '../text-file.ts'
import { type CommandCall, UsageError } from './command.ts'
import { loadExact } from './exact-load.ts'
import { canBeStreamed, isRowFile, rowsToRecords, storeRowFiles, toRowFile } from './load-rows.ts'
import { withProgress } from './progress.ts'
import { type LoadedRecord, parseLines, parseRecords, storeRecords } from './records.ts'
import { migrateModels } from './tables.ts'

export async function load(call: CommandCall): Promise<void> {
  const { operands: files, options, version, environment } = call
  if (files.length === 0) throw new UsageError('load needs at least one file.')
  if (options.exact === true) return loadExact(call)
  const config = readConfig(environment, true)
  const models = await loadModels(schemasFolder)
  const task = await plan(models.models, files)
  const store = openStore(config.DATABASE_URL, {
    exclusive: false,
    ...databaseOptions(config, environment),
  })
  try {
    await migrateModels(store, { models, version })
    const engine = createEngine({ models, store })
    let count = 0
    await withProgress(async progress => {
      count = await task(engine, progress)
    })
    console.log(`${numberOf(count, 'record')} stored in ${store.location}`)
  } finally {
    await store.close()
  }
}

/** Stores the records, and returns how many they are. */
type Task = (engine: Engine, progress: Progress) => Promise<number>

/** Files with a row on each line are read piece by piece, if their rows need no other order. */
async function plan(models: readonly Model[], files: readonly string[]): Promise<Task> {
  if (files.every(isRowFile)) {
    const rowFiles = files.map(file => toRowFile(models, file))
    if (canBeStreamed(models, rowFiles))
      return (engine, progress) => storeRowFiles(engine, rowFiles, progress)
  }
  const records = (await Promise.all(files.map(file => readRecords(models, file)))).flat()
  return async (engine, progress) => {
    await storeRecords(engine, records, done => progress(done, records.length))
    return records.length
  }
}

async function readRecords(
  models: readonly Model[],
  file: string,
): Promise<readonly LoadedRecord[]> {
  if (file.endsWith('.ndjson'))
    return parseLines(models, file, decodeText(file, await readFile(file)))
  return isRowFile(file)
    ? rowsToRecords(toRowFile(models, file))
    : parseRecords(models, file, await readJson(file))
}

async function readJson(file: string): Promise<unknown> {
  const text = decodeText(file, await readFile(file))
  try {
    return parseJson(text)
  } catch (error) {
    throw new Error(`${file}: is not JSON`, { cause: error })
  }
}
