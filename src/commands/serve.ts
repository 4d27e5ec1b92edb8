// `serve`: the serving process, from its settings to its end.

import { setTimeout } from 'node:timers/promises'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { visibilityWarnings } from '../access/ownership.ts'
import { type AppOptions, buildApp } from '../app.ts'
import { type Config, databaseOptions, readConfig } from '../config.ts'
import type { Models } from '../definitions/load.ts'
import { loadProject } from '../definitions/plugins.ts'
import type { Origins } from '../http/cors.ts'
import type { About } from '../http/service.ts'
import type { Limits } from '../limits/limits.ts'
import { decideAccess, decideHosts, readWebOptions } from '../protection.ts'
import type { Model } from '../resource/model.ts'
import type { OwnPlugin, Register } from '../server/plugins.ts'
import { Start } from '../server/start.ts'
import { together } from '../store/observer.ts'
import { openStore } from '../store/open.ts'
import { type Store, StoreError } from '../store/store.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { serveMetrics } from '../telemetry/metrics-server.ts'
import { spendingObserver } from '../telemetry/spending.ts'
import { startTracing } from '../telemetry/tracing.ts'
import { type CommandCall, refuseOperands } from './command.ts'
import { keepHeapSmall } from './heap.ts'
import { openLimits } from './limits.ts'
import { listenMistake } from './listen-mistake.ts'
import { prepareData } from './prepare.ts'
import { surviveRejections } from './rejections.ts'
import { type Stoppable, stopOnSignal } from './stop.ts'
import { leftToText } from './tables.ts'

export async function serve({ operands, options, about, environment }: CommandCall): Promise<void> {
  refuseOperands(operands)
  const { title, version } = about
  const config = readConfig(environment, true)
  const project = await loadProject<Register>()
  const { models } = project
  const development = options.dev === true ? await import('./development.ts') : undefined
  const logger = development?.readableLog(config) ?? jsonLog(config)
  await development?.followDefinitions(config, { models, version, log: logger })
  const metrics = await openMetrics(config, version)
  const tracing = await startTracing(environment)
  const store = openStore(config.DATABASE_URL, {
    exclusive: true,
    ...databaseOptions(config, environment),
    log: logger,
    observer: together([spendingObserver, ...(metrics ? [metrics.observer] : [])]),
  })
  if (store.dialect.name === 'sqlite') keepHeapSmall()
  const observers = { ...(metrics && { metrics }), ...(tracing && { tracing }) }
  const origins = development?.pagesOfThisMachine
  const start = new Start()
  const service = { ...project, config, store, about, version, logger, origins, start }
  const app = await assemble(service, observers)
  const close = async () => {
    await app.close()
    await store.close()
  }
  const shown = development === undefined ? [] : models.models
  const addresses = await listen(app, config, { metrics, shown }).catch(async error => {
    await close()
    throw error
  })
  development?.endWithParent()
  endWell(app, { log: logger, drainSeconds: config.DRAIN_SECONDS, close })
  const isNew = await whileAway(config, () => bringUp(service)).catch(async error => {
    // The start breaks off, and the process ends as the signal demands.
    if (app.stopping) return false
    await close()
    throw error
  })
  if (app.stopping) return
  const data = `  Data  ${store.location}${isNew ? ' (new)' : ''}`
  console.log([`${title} ${version}`, ...addresses, data].join('\n'))
}

/** What may end the process, and how it ends then. */
function endWell(app: FastifyInstance, ending: Omit<Stoppable, 'announce'>): void {
  // So a write beyond the limit of file sizes is refused like one on a full disk, and does not end the process.
  process.on('SIGXFSZ', () => {})
  surviveRejections(ending.log)
  const announce = () => {
    app.stopping = true
  }
  stopOnSignal({ ...ending, announce })
}

function jsonLog({ LOG_LEVEL }: Config): FastifyBaseLogger {
  return pino({ level: LOG_LEVEL }, pino.destination(2))
}

/** The libraries are loaded only if metrics are wanted, like those for tracing. */
async function openMetrics(
  { METRICS_PORT }: Config,
  version: string,
): Promise<Metrics | undefined> {
  if (METRICS_PORT === undefined) return undefined
  const { Metrics } = await import('../telemetry/metrics.ts')
  return new Metrics(version)
}

/** Returns the lines that say where the service listens. */
async function listen(
  app: FastifyInstance,
  { HOST, PORT, METRICS_PORT, DOCS }: Config,
  { metrics, shown }: { metrics: Metrics | undefined; shown: readonly Model[] },
) {
  const metricsAddress =
    metrics && (await serveMetrics(app, metrics, { host: HOST, port: METRICS_PORT ?? 0 }))
  const address = await app.listen({ host: HOST, port: PORT }).catch(error => {
    throw listenMistake(error, HOST)
  })
  return [
    `  API   ${address}`,
    ...shown.map(({ name }) => `        ${address}/${name}`),
    ...(DOCS ? [`  Docs  ${address}/docs`] : []),
    ...(metricsAddress === undefined ? [] : [`  Metrics  ${metricsAddress}`]),
  ]
}

interface Service {
  readonly config: Config
  readonly models: Models
  readonly plugins: readonly OwnPlugin[]
  readonly store: Store
  readonly about: About
  readonly version: string
  readonly logger: FastifyBaseLogger
  /** Instead of those that the settings list. */
  readonly origins: Origins | undefined
  readonly start: Start
}

/** The app over a database that may not have its tables yet. */
async function assemble(service: Service, observers: Pick<AppOptions, 'metrics' | 'tracing'>) {
  const { config, models, plugins, store, about, version, logger, origins, start } = service
  let limits: Limits | undefined
  try {
    for (const warning of visibilityWarnings(models.models)) logger.warn(warning)
    const access = await decideAccess(config, models.models, store)
    limits = await openLimits(config, access, logger)
    const web = {
      ...readWebOptions(config, models.models),
      ...(origins && { origins }),
      hosts: decideHosts(config, access),
    }
    const validateResponses = config.VALIDATE_RESPONSES
    const given = {
      ...observers,
      validateResponses,
      logRequests: config.LOG_REQUESTS,
      access,
      web,
      ...(limits && { limits }),
      pressure: { maxEventLoopDelay: config.MAX_EVENT_LOOP_DELAY },
    }
    return await buildApp({ models, plugins, store, about, version, logger, start, ...given })
  } catch (error) {
    await limits?.store.close()
    await store.close()
    throw error
  }
}

/** The pause between two tries to start, in ms. */
const retryDelay = 1000

/**
 * A database that goes away during the start is waited for, like one that is not there yet. What was
 * begun is finished by the next try.
 */
async function whileAway<T>(config: Config, start: () => Promise<T>): Promise<T> {
  const end = performance.now() + config.DATABASE_WAIT_SECONDS * 1000
  for (;;) {
    try {
      return await start()
    } catch (error) {
      const isAway = error instanceof StoreError && error.code === 'unavailable' && error.reported
      if (!isAway || performance.now() > end) throw error
    }
    await setTimeout(retryDelay)
  }
}

/**
 * Gives the database its tables and, when it is new, the sample data; from then on requests are answered. Returns whether
 * it is new.
 */
async function bringUp({
  config,
  models,
  store,
  version,
  logger,
  start,
}: Service): Promise<boolean> {
  const { outdated, left, fresh } = await prepareData({
    config,
    models,
    store,
    version,
    watch: { log: logger, tell: doing => start.tell(doing) },
  })
  if (outdated)
    logger.warn('the database has tables of a later version; this version can live with them')
  if (left.length > 0) logger.warn(leftToText(left))
  await start.end()
  return fresh
}
