// `serve`: the serving process, from its settings to its end.

import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { visibilityWarnings } from '../access/ownership.ts'
import { type AppOptions, buildApp } from '../app.ts'
import { type Config, databaseOptions, readConfig } from '../config.ts'
import { digestOfProject } from '../definitions/digest.ts'
import type { Models } from '../definitions/load.ts'
import { loadProject } from '../definitions/plugins.ts'
import type { About } from '../http/about.ts'
import type { Origins } from '../http/cors.ts'
import type { Limits } from '../limits/limits.ts'
import { plansFile } from '../limits/plans-file.ts'
import { decideAccess, decideHosts, decideStatus, readWebOptions } from '../protection.ts'
import type { OwnPlugin, Register } from '../server/own-plugin.ts'
import { Start } from '../server/start.ts'
import { together } from '../store/observer.ts'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { spendingObserver } from '../telemetry/spending.ts'
import { keepHere } from '../telemetry/status.ts'
import { startTracing } from '../telemetry/tracing.ts'
import { type CommandCall, refuseOperands } from './command.ts'
import { keepHeapSmall } from './heap.ts'
import { openLimits } from './limits.ts'
import { listen } from './listen.ts'
import { openEarly, openLate } from './opening.ts'
import { prepareData } from './prepare.ts'
import { surviveRejections } from './rejections.ts'
import { type Stoppable, stopOnSignal } from './stop.ts'
import { leftToText } from './tables.ts'
import { whileAway } from './while-away.ts'
import { workersOf } from './workers/count.ts'
import { type Link, linkOf } from './workers/link.ts'
import type { Ready } from './workers/messages.ts'

export async function serve(call: CommandCall): Promise<number | void> {
  refuseOperands(call.operands)
  const link = linkOf(call.environment)
  if (link !== undefined) return serveAs(link, call)
  try {
    return await serveAlone(call)
  } catch (error) {
    // Whoever started it by hand reads the sentence that follows; whoever collects logs finds it in them.
    if (call.options.dev !== true && !process.stderr.isTTY && error instanceof Error)
      jsonLog({ LOG_LEVEL: 'fatal' }).fatal({ reason: error.message }, 'the service cannot start')
    throw error
  }
}

/** In this process, or in several that it makes. */
async function serveAlone(call: CommandCall): Promise<number | void> {
  const config = readConfig(call.environment, true)
  const count = call.options.dev === true ? 1 : workersOf(config)
  if (count === 1) return serveHere(call, config)
  const { supervise } = await import('./workers/supervise.ts')
  const say = (ready: Ready) => sayReady(call.about, ready)
  return supervise({ config, log: jsonLog(config), count, say })
}

async function serveAs(link: Link, call: CommandCall): Promise<number | void> {
  const config = readConfig({ ...call.environment, ...link.settings }, true)
  try {
    link.begin(await digestOfProject(['service.yaml', '.env', plansFile(config.PLANS)]))
    await serveHere(call, config, link)
  } catch (error) {
    link.leave()
    if (link.joins === undefined || !(error instanceof Error)) throw error
    jsonLog(config, link).error({ err: error }, error.message)
    return 1
  }
}

/** Serves in this process, which is one of several if it has a link. */
async function serveHere(
  { options, about, environment }: CommandCall,
  config: Config,
  link?: Link,
): Promise<void> {
  const project = await loadProject<Register>()
  const { models } = project
  const development = options.dev === true ? await import('./development.ts') : undefined
  const logger = development?.readableLog(config) ?? jsonLog(config, link)
  await development?.followDefinitions(config, { models, version: about.version, log: logger })
  const metrics = await openMetrics(config, about.version)
  const tracing = await startTracing(environment)
  if (metrics) link?.measure(metrics)
  const store = openStore(config.DATABASE_URL, {
    ...databaseOptions(config, environment),
    ...shareOf(config, link),
    log: logger,
    observer: together([spendingObserver, metrics?.observer, tracing?.observer]),
  })
  if (store.dialect.name === 'sqlite') keepHeapSmall()
  const observers = { ...(metrics && { metrics }), ...(tracing && { tracing }) }
  const given = { ...project, config, store, about, logger, link }
  const service = { ...given, origins: development?.pagesOfThisMachine, start: new Start() }
  const { app, auth } = await assemble(service, observers)
  const close = async () => {
    await app.close()
    await store.close()
  }
  const shown = development === undefined ? [] : models.models
  const served = link === undefined ? metrics : undefined
  endWell(app, { log: logger, drainSeconds: config.DRAIN_SECONDS, close }, link)
  development?.endWithParent()
  const listening = () => listen(app, config, { metrics: served, shown, link })
  const starting = () => whileAway(config, () => bringUp(service))
  const opened = await (link?.joins ? openLate : openEarly)(listening, starting).catch(
    async error => {
      // The start breaks off, and the process ends as the signal demands.
      if (app.stopping) return undefined
      await close()
      throw error
    },
  )
  const tell = (ready: Ready) => (link === undefined ? sayReady(about, ready) : link.ready(ready))
  if (opened && !app.stopping) tell({ ...opened, location: store.location, auth })
}

/** The share of the database for this process, if there are others of its service. */
function shareOf({ DATABASE_CONNECTIONS }: Config, link?: Link) {
  const count = link?.count ?? 1
  const connections = Math.floor(DATABASE_CONNECTIONS / count)
  const share = { exclusive: count === 1, processes: count, connections }
  return link === undefined ? share : { ...share, turns: link.turns }
}

function sayReady({ title, version }: About, { addresses, location, isNew }: Ready): void {
  const data = `  Data  ${location}${isNew ? ' (new)' : ''}`
  console.log([`${title} ${version}`, ...addresses, data].join('\n'))
}

/** The reasons for the process to end, and its end by each. */
function endWell(
  app: FastifyInstance,
  ending: Omit<Stoppable, 'announce'>,
  link: Link | undefined,
): void {
  // So a write beyond the limit of file sizes is refused like one on a full disk, and does not end the process.
  process.on('SIGXFSZ', () => {})
  surviveRejections(ending.log)
  const announce = () => {
    app.stopping = true
  }
  if (link === undefined) stopOnSignal({ ...ending, announce })
  else link.stopWhenTold({ ...ending, announce })
}

function jsonLog({ LOG_LEVEL }: Pick<Config, 'LOG_LEVEL'>, link?: Link): FastifyBaseLogger {
  const log = pino({ level: LOG_LEVEL }, pino.destination(2))
  return link === undefined ? log : log.child({ worker: link.number })
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

interface Service {
  readonly config: Config
  readonly models: Models
  readonly plugins: readonly OwnPlugin[]
  readonly store: Store
  readonly about: About
  readonly logger: FastifyBaseLogger
  /** Instead of those that the settings list. */
  readonly origins: Origins | undefined
  readonly start: Start
  readonly link: Link | undefined
}

/** The app over a database that may not have its tables yet. */
async function assemble(service: Service, observers: Pick<AppOptions, 'metrics' | 'tracing'>) {
  const { config, models, plugins, store, about, logger, origins, start, link } = service
  const { version } = about
  let limits: Limits | undefined
  try {
    if (link === undefined || link.number === 1)
      for (const warning of visibilityWarnings(models.models)) logger.warn(warning)
    const access = await decideAccess(config, models.models, store)
    limits = await openLimits(config, access, { log: logger, local: link?.limitStore })
    const web = {
      ...readWebOptions(config, models.models),
      ...(origins && { origins }),
      hosts: decideHosts(config, access),
    }
    const given = {
      ...observers,
      validateResponses: config.VALIDATE_RESPONSES,
      imports: importOptions(config),
      logRequests: config.LOG_REQUESTS,
      access,
      web,
      ...(limits && { limits }),
      ...(link && { siblings: link }),
      status: decideStatus(config, access) ? (link ?? keepHere()) : null,
      pressure: { maxEventLoopDelay: config.MAX_EVENT_LOOP_DELAY },
    }
    const app = await buildApp({ models, plugins, store, about, version, logger, start, ...given })
    return { app, auth: access.required ? ('required' as const) : ('none' as const) }
  } catch (error) {
    await limits?.store.close()
    await store.close()
    throw error
  }
}

function importOptions({ IMPORT_SIZE_LIMIT, IMPORT_KEEP_DAYS }: Config) {
  return { limit: IMPORT_SIZE_LIMIT, keepSeconds: IMPORT_KEEP_DAYS * 86_400 }
}

/**
 * Gives the database its tables and, when it is new, the sample data; from then on requests are answered. Returns whether
 * it is new.
 */
async function bringUp({
  config,
  models,
  store,
  about: { version },
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
