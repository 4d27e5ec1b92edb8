// `load`: stores the records of files in JSON or NDJSON, all or nothing.

import { readFile } from 'node:fs/promises'
import { databaseOptions, readConfig } from '../config.ts'
import { loadModels, schemasFolder } from '../definitions/load.ts'
import { createEngine } from '../handlers/engine.ts'
import { parseJson } from '../server/body.ts'
import { openStore } from '../store/open.ts'
import { decodeText } from '../text-file.ts'
import { type CommandCall, UsageError } from './command.ts'
import { loadExact } from './exact-load.ts'
import { withProgress } from './progress.ts'
import { parseLines, parseRecords, storeRecords } from './records.ts'
import { migrateModels } from './tables.ts'

export async function load(call: CommandCall): Promise<void> {
  const { operands: files, options, version, environment } = call
  if (files.length === 0) throw new UsageError('load needs at least one file.')
  if (options.exact === true) return loadExact(call)
  const config = readConfig(environment, true)
  const models = await loadModels(schemasFolder)
  const parsed = await Promise.all(
    files.map(async file =>
      file.endsWith('.ndjson')
        ? parseLines(models.models, file, decodeText(file, await readFile(file)))
        : parseRecords(models.models, file, await readJson(file)),
    ),
  )
  const records = parsed.flat()
  const store = openStore(config.DATABASE_URL, {
    exclusive: false,
    ...databaseOptions(config, environment),
  })
  try {
    await migrateModels(store, { models, version })
    await withProgress(progress =>
      storeRecords(createEngine({ models, store }), records, done =>
        progress(done, records.length),
      ),
    )
    console.log(`${records.length} records stored in ${store.location}`)
  } finally {
    await store.close()
  }
}

async function readJson(file: string): Promise<unknown> {
  const text = decodeText(file, await readFile(file))
  try {
    return parseJson(text)
  } catch (error) {
    throw new Error(`${file}: is not JSON`, { cause: error })
  }
}
