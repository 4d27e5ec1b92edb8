// The commands of the command line, each from settings to result.

import { readFile } from 'node:fs/promises'
import { createEngine, title } from './app.ts'
import { backupCommand, restoreCommand, verifyCommand } from './commands/backup.ts'
import { type Call, type Command, refuseOperands, UsageError } from './commands/command.ts'
import { keyCommand } from './commands/key.ts'
import { migrateCommand, migrateModels } from './commands/migrate.ts'
import { withProgress } from './commands/progress.ts'
import { serveCommand } from './commands/serve.ts'
import { databaseOptions, readConfig } from './config.ts'
import { openapiDocument } from './docs/openapi.ts'
import { documentToYaml } from './docs/yaml.ts'
import { loadModels, schemasFolder } from './load.ts'
import { keysToOperations, modelsToOperations } from './operations/operations.ts'
import { servedOf } from './operations/served.ts'
import { parseRecords, storeRecords } from './records.ts'
import { parseJson } from './routes/body.ts'
import { handlers } from './routes/routes.ts'
import { openStore } from './store/open.ts'
import { decodeText } from './text-file.ts'

export const commands = {
  serve: serveCommand,
  routes: { usage: '', summary: 'List every method and path with the file that handles it', run: routes },
  openapi: { usage: '', summary: 'Write the OpenAPI document as YAML', run: openapi },
  migrate: migrateCommand,
  key: keyCommand,
  load: { usage: 'FILE…', summary: 'Store the records of JSON files, all or nothing', run: load },
  backup: backupCommand,
  restore: restoreCommand,
  verify: verifyCommand,
} as const satisfies Record<string, Command>

async function routes({ operands }: Call): Promise<void> {
  refuseOperands(operands)
  const { models, keyModel } = await loadModels(schemasFolder)
  const operations = [...modelsToOperations(models), ...keysToOperations(keyModel)]
  const width = Math.max(...operations.map(({ path }) => path.length))
  for (const { method, path, kind, model } of operations)
    console.log(`${method.padEnd(6)} ${path.padEnd(width)}  ${kind === 'compute' ? model.file : handlers[kind].file}`)
}

async function openapi({ operands, version }: Call): Promise<void> {
  refuseOperands(operands)
  process.stdout.write(await documentText(version))
}

/** The document as it is committed: of a service that asks for credentials and has limits. No database is opened for it. */
export async function documentText(version: string): Promise<string> {
  const policy = { required: true, publicRead: new Set<string>() }
  const served = servedOf(await loadModels(schemasFolder), policy)
  return documentToYaml(openapiDocument({ ...served, title, version, policy, limited: true }))
}

async function load({ operands: files, version, environment }: Call): Promise<void> {
  if (files.length === 0) throw new UsageError('load needs at least one file.')
  const config = readConfig(environment, true)
  const models = await loadModels(schemasFolder)
  const parsed = await Promise.all(files.map(async file => parseRecords(models.models, file, await readJson(file))))
  const records = parsed.flat()
  const store = openStore(config.DATABASE_URL, { exclusive: false, ...databaseOptions(config, environment) })
  try {
    await migrateModels(store, models)
    await withProgress(progress =>
      storeRecords(createEngine({ models, store, version }), records, done => progress(done, records.length)),
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
