// The commands of the command line, each from settings to result.

import { readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { Presets, SingleBar } from 'cli-progress'
import closeWithGrace from 'close-with-grace'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { type AppOptions, buildApp, createEngine } from './app.ts'
import { type Call, type Command, refuseOperands, UsageError } from './commands/command.ts'
import { migrateCommand, migrateModels } from './commands/migrate.ts'
import { type Config, readConfig, requireProtection } from './config.ts'
import { documentToYaml } from './docs/swagger-ui.ts'
import { modelsToOperations } from './http/operations.ts'
import { loadModels, type Models, schemasFolder } from './load.ts'
import { parseRecords, sampleRecords, storeRecords } from './records.ts'
import { parseJson } from './routes/body.ts'
import { handlers } from './routes/routes.ts'
import { openStore } from './store/open.ts'
import type { Store } from './store/store.ts'
import { Metrics } from './telemetry/metrics.ts'
import { serveMetrics } from './telemetry/metrics-server.ts'

export const commands = {
  serve: { usage: '', summary: 'Serve the API until it is told to stop', run: serve },
  routes: { usage: '', summary: 'List every method and path with the file that handles it', run: routes },
  openapi: { usage: '', summary: 'Write the OpenAPI document as YAML', run: openapi },
  migrate: migrateCommand,
  load: { usage: 'FILE…', summary: 'Store the records of JSON files, all or nothing', run: load },
} as const satisfies Record<string, Command>

async function serve({ operands, version, environment }: Call): Promise<void> {
  refuseOperands(operands)
  const config = readConfig(environment, true)
  requireProtection(config)
  const models = await loadModels(schemasFolder)
  const logger: FastifyBaseLogger = pino({ level: config.LOG_LEVEL }, pino.destination(2))
  const metrics = config.METRICS_PORT === undefined ? undefined : new Metrics()
  const opened = openStore(config.DATABASE_URL, { exclusive: true })
  const store = metrics?.measure(opened) ?? opened
  const app = await prepare({ config, models, store, version, logger, ...(metrics && { metrics }) })
  const close = async () => {
    await app.close()
    await store.close()
  }
  const addresses = await listen(app, config, metrics).catch(async error => {
    await close()
    throw error
  })
  stopWhenTold(app, config, close)
  console.log([`Restwell ${version}`, ...addresses, `  Data  ${store.location}`].join('\n'))
}

/** Gives the lines that say where. */
async function listen(app: FastifyInstance, { HOST, PORT, METRICS_PORT }: Config, metrics?: Metrics) {
  const figures = metrics && (await serveMetrics(app, metrics, { host: HOST, port: METRICS_PORT ?? 0 }))
  const address = await app.listen({ host: HOST, port: PORT })
  return [`  API   ${address}`, `  Docs  ${address}/docs`, ...(figures === undefined ? [] : [`  Metrics  ${figures}`])]
}

/** In seconds; what is in flight when the port is closed has this long to be answered. */
export const closingTime = 10

function stopWhenTold(app: FastifyInstance, { DRAIN_SECONDS }: Config, close: () => Promise<void>): void {
  const onTimeout = () => app.log.error(`requests still in flight after ${closingTime} s are cut off`)
  closeWithGrace({ delay: (DRAIN_SECONDS + closingTime) * 1000, logger: false, onTimeout }, async ({ err, signal }) => {
    if (err !== undefined) app.log.error({ err }, 'a fault in the service: please report it with this entry')
    app.log.info({ signal, drainSeconds: DRAIN_SECONDS }, 'told to stop')
    app.stopping = true
    if (signal === 'SIGTERM') await setTimeout(DRAIN_SECONDS * 1000)
    await close()
  })
}

interface Service {
  readonly config: Config
  readonly models: Models
  readonly store: Store
  readonly version: string
  readonly logger: FastifyBaseLogger
  readonly metrics?: Metrics
}

/** The app over a database that has its tables and, when it is new, the sample data. */
async function prepare({ config, models, store, version, logger, metrics }: Service): Promise<FastifyInstance> {
  try {
    const { fresh, outdated } = await migrateModels(store, models)
    if (outdated) logger.warn('the database has tables of a later version; this version can live with them')
    if (fresh && (config.SAMPLE_DATA ?? store.dialect.name === 'sqlite')) {
      const engine = createEngine({ models, store, version })
      await storeRecords(engine, sampleRecords(models.models))
    }
    return await buildApp({ models, store, version, logger, ...(metrics && { metrics }), ...pressure(config) })
  } catch (error) {
    await store.close()
    throw error
  }
}

function pressure({ MAX_EVENT_LOOP_DELAY: maxEventLoopDelay }: Config): Pick<AppOptions, 'pressure'> {
  return maxEventLoopDelay === 0 ? {} : { pressure: { maxEventLoopDelay } }
}

async function routes({ operands }: Call): Promise<void> {
  refuseOperands(operands)
  const { models } = await loadModels(schemasFolder)
  const operations = modelsToOperations(models)
  const width = Math.max(...operations.map(({ path }) => path.length))
  for (const { method, path, action, custom, model } of operations)
    console.log(
      `${method.padEnd(6)} ${path.padEnd(width)}  ${custom === undefined ? handlers[action].file : model.file}`,
    )
}

async function openapi({ operands, version }: Call): Promise<void> {
  refuseOperands(operands)
  process.stdout.write(await documentText(version))
}

/** The document as it is committed; no database is touched for it. */
export async function documentText(version: string): Promise<string> {
  const store = openStore('sqlite::memory:', { exclusive: false })
  const app = await buildApp({ models: await loadModels(schemasFolder), store, version })
  try {
    await app.ready()
    return documentToYaml(app.swagger())
  } finally {
    await app.close()
    await store.close()
  }
}

async function load({ operands: files, version, environment }: Call): Promise<void> {
  if (files.length === 0) throw new UsageError('load needs at least one file.')
  const config = readConfig(environment, true)
  const models = await loadModels(schemasFolder)
  const parsed = await Promise.all(files.map(async file => parseRecords(models.models, file, await readJson(file))))
  const records = parsed.flat()
  const store = openStore(config.DATABASE_URL, { exclusive: false })
  try {
    await migrateModels(store, models)
    await withProgress(records.length, progress =>
      storeRecords(createEngine({ models, store, version }), records, progress),
    )
    console.log(`${records.length} records stored in ${store.location}`)
  } finally {
    await store.close()
  }
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8')
  try {
    return parseJson(text)
  } catch (error) {
    throw new Error(`${file}: is not JSON`, { cause: error })
  }
}

/** A bar on a terminal, nothing in a pipe. */
async function withProgress(total: number, work: (progress: (done: number) => void) => Promise<void>): Promise<void> {
  if (!process.stderr.isTTY) return work(() => {})
  const bar = new SingleBar(
    { format: '{bar} {percentage}% {value}/{total}', stopOnComplete: true },
    Presets.shades_classic,
  )
  bar.start(total, 0)
  try {
    await work(done => bar.update(done))
  } finally {
    bar.stop()
  }
}
