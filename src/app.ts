// Puts the service together, in the order in which it starts. It does not listen; the command line does that.

import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { AccessPolicy, Authenticate } from './access/access.ts'
import { createAuthenticate, type FindPrincipal } from './access/authenticate.ts'
import { Tokens } from './access/token.ts'
import { type Models, storedModels } from './definitions/load.ts'
import { type Served, servedOf } from './definitions/served.ts'
import { registerDocument } from './docs/document.ts'
import { openapiDocument } from './docs/openapi.ts'
import type { OwnRoute } from './docs/own-routes.ts'
import { allSchemas } from './docs/schemas.ts'
import { originFinder } from './docs/servers.ts'
import { registerSwaggerUi } from './docs/swagger-ui.ts'
import { createEngine, type Engine } from './handlers/engine.ts'
import { type About, untitled } from './http/about.ts'
import type { Origins } from './http/cors.ts'
import { serviceOperations } from './http/service.ts'
import { getStatus } from './http/status.ts'
import { grantable, nameableIn } from './keys/grant.ts'
import type { KeyRing, Siblings } from './keys/key-ring.ts'
import { openKeyRing } from './keys/open-key-ring.ts'
import { guardLogins } from './limits/failed-logins.ts'
import type { Limits } from './limits/limits.ts'
import { authorize } from './server/authorize.ts'
import { registerBodyParser } from './server/body.ts'
import { registerConsole } from './server/console.ts'
import { addCors, setCorsOfRefusal } from './server/cors.ts'
import { registerDiscovery } from './server/discovery.ts'
import { registerErrors, sendError } from './server/errors.ts'
import { readFresh } from './server/fresh-reads.ts'
import { keepHouse } from './server/housekeeping.ts'
import { type ImportOptions, registerImports } from './server/imports.ts'
import { boundMemory, type MemoryOptions } from './server/memory.ts'
import { answerMethod, collectMethods, requireAddress } from './server/methods.ts'
import type { OwnPlugin } from './server/own-plugin.ts'
import { pluginService, registerPlugins, requireGrantable, scopesOf } from './server/plugins.ts'
import { type PressureOptions, registerPressure } from './server/pressure.ts'
import { registerProbes } from './server/probes.ts'
import { countRequests } from './server/quotas.ts'
import { registerRoutes } from './server/routes.ts'
import { learnDefinition, Standing } from './server/standing.ts'
import { registerStart, type Start } from './server/start.ts'
import { registerStop } from './server/stop.ts'
import { addUsualHeaders, setUsualHeaders } from './server/usual-headers.ts'
import { registerValidation, validationProblem } from './server/validation.ts'
import { prefixFinder, registerWire, type WireOptions, wireSettings } from './server/wire.ts'
import { fingerprintOf } from './store/migration/ledger.ts'
import type { Store } from './store/store.ts'
import { modelToTable } from './store/table.ts'
import type { Metrics } from './telemetry/metrics.ts'
import { endOtherwise, registerRequestLog } from './telemetry/request-log.ts'
import { openSecurityLog } from './telemetry/security-log.ts'
import { keepHere, registerStatus, type StatusKeeper, watchActivity } from './telemetry/status.ts'
import type { Tracing } from './telemetry/tracing.ts'

export interface AppOptions {
  readonly models: Models
  /** The project's own, in their order; none by default. */
  readonly plugins?: readonly OwnPlugin[]
  readonly store: Store
  /** The time; the machine's clock by default. */
  readonly clock?: () => Date
  readonly logger?: FastifyBaseLogger
  /** The share of requests that get a line in the log whatever becomes of them; 0 by default. */
  readonly logRequests?: number
  /** When to refuse for overload; never by default. */
  readonly pressure?: PressureOptions
  /** How much memory callers may take; only tests set it. */
  readonly memory?: MemoryOptions
  /** Measures requests and the database, if the operator wants that. */
  readonly metrics?: Metrics
  /** Where the figures of the last hour are kept; in this process by default, and with `null` nowhere. */
  readonly status?: StatusKeeper | null
  /** The plans of callers; by default requests are not limited. */
  readonly limits?: Limits
  readonly tracing?: Tracing
  /** The credentials that callers need; none by default. */
  readonly access?: AccessPolicy
  /** Finds who a token belongs to, instead of an identity provider; only tests set it. */
  readonly findToken?: FindPrincipal
  /** Finds who calls, instead of everything here: where the host of the service knows that. */
  readonly authenticate?: Authenticate
  /** How large imports may be, and how long their records are kept. */
  readonly imports?: ImportOptions
  readonly web?: WebOptions
  /** The other workers of the service; none by default. */
  readonly siblings?: Siblings
  /** The steps before it can answer; none by default. */
  readonly start?: Start
  /** Whether every response is checked against its shape before it is sent; false by default. */
  readonly validateResponses?: boolean
  readonly version: string
  /** Its description of itself; by default its version alone. */
  readonly about?: About
}

export interface WebOptions extends WireOptions {
  /** The origins whose pages may read responses; none by default. */
  readonly origins?: Origins
  /** Whether the document and Swagger UI are served; true by default. */
  readonly docs?: boolean
  /** Whether browsers get pages, which need the document; true by default. */
  readonly console?: boolean
  /** The address of the service, for the document; by default the one that the caller used. */
  readonly publicUrl?: string | undefined
  /** Whether callers may address the service by this host name; by default any name is allowed. */
  readonly hosts?: ((name: string) => boolean) | undefined
  /** In ms, how long clients that keep connections have for a last request when the service stops. */
  readonly farewell?: number
}

export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { models, plugins = [], limits, metrics, status = keepHere() } = options
  const engine = createEngine({ ...options, observer: metrics?.work })
  const { policy } = engine
  const keyRing = openKeyRing(engine, options)
  const served = servedOf(models, {
    policy,
    plans: limits && [...limits.plans.byName.keys()],
    scopes: scopesOf(plugins),
    forgetKey: key => keyRing.forget(key),
    importCancelled: () => engine.observer.importIs('cancelled'),
  })
  const { operations } = served
  const app = createServer(options)

  const answerOtherMethods = collectMethods(app)
  await registerStages(app, { policy, keyRing, clock: engine.clock, status }, options)
  const tables = storedModels(models).map(model => modelToTable(engine.store.dialect, model))
  const standing = new Standing(engine.store, fingerprintOf(tables), app.log)
  learnDefinition(app, standing, options.start)
  registerErrors(app, error => standing.explain(error))
  registerBodyParser(app)
  registerValidation(app, allSchemas(served))
  registerProbes(app, engine, standing)
  if (status !== null) registerStatus(app, status)
  const imports = registerImports(app, engine, operations, options)
  registerRoutes(app, engine, { operations, imports, checked: options.validateResponses === true })
  await registerDescriptions(app, engine, served, options)
  app.decorate('ownRoutes', await addPlugins(app, engine, options))
  answerOtherMethods()
  keepHouse(app, engine, { keyRing, ...(options.start && { start: options.start }) })
  return app
}

/** Where people and programs find what is served, as the document says it. */
async function registerDescriptions(
  app: FastifyInstance,
  engine: Engine,
  served: Served,
  options: AppOptions,
): Promise<void> {
  const { plugins = [], limits, version, status, web = {} } = options
  const { about = { title: untitled, version } } = options
  const { docs = true, console: linked = true, publicUrl, trustProxy } = web
  const { policy } = engine
  const { operations } = served
  const prefixOf = prefixFinder(web)
  const limited = limits !== undefined
  await registerDocument(app, () => {
    const own = { plugins, routes: app.ownRoutes }
    const service = serviceOperations.filter(each => each !== getStatus || status !== null)
    return openapiDocument({ ...served, own, about, policy, limited, service })
  })
  const service = { name: about.title, version: about.version }
  registerDiscovery(app, engine, service, { docs, operations })
  if (!docs) return
  const originOf = originFinder({ publicUrl, prefixOf, trusts: trustProxy !== undefined })
  await registerSwaggerUi(app, { about, linked, prefixOf, originOf })
  if (linked)
    registerConsole(app, { title: about.title, prefixOf, operations, hasStatus: status !== null })
}

/** Gives the routes of the project's plugins. */
async function addPlugins(
  app: FastifyInstance,
  engine: Engine,
  { models, plugins = [] }: AppOptions,
): Promise<readonly OwnRoute[]> {
  const routes = await registerPlugins(app, file => pluginService(engine, file), plugins)
  requireGrantable(plugins, routes, grantable(nameableIn(models.models, scopesOf(plugins))))
  return routes
}

interface Access extends Pick<Engine, 'policy' | 'clock'> {
  readonly keyRing: KeyRing
  readonly status: StatusKeeper | null
}

/** The stages of every request after its head has arrived, in this order. */
async function registerStages(
  app: FastifyInstance,
  access: Access,
  options: AppOptions,
): Promise<void> {
  const { policy, keyRing, clock, status } = access
  const { limits, memory, metrics, pressure, start, tracing, web } = options
  const tokens = policy.tokens && new Tokens(policy.tokens, clock, app.log)
  const findToken = options.findToken ?? (tokens && ((token: string) => tokens.find(token)))
  readFresh(app, options.store)
  await tracing?.observe(app)
  const security = openSecurityLog(app, { trustsProxies: web?.trustProxy !== undefined })
  registerRequestLog(app, security, options.logRequests ?? 0)
  metrics?.observe(app, options.store, options.models.models)
  if (status !== null)
    watchActivity(app, status, { store: options.store, required: policy.required })
  registerStop(app, web?.farewell)
  const room = boundMemory(app, memory)
  addUsualHeaders(app)
  addCors(app, originsOf(web))
  registerWire(app, web?.hosts)
  app.addHook('onRequest', answerMethod)
  if (start !== undefined) registerStart(app, start)
  if (pressure !== undefined) await registerPressure(app, pressure, room)
  const authenticate =
    options.authenticate ?? createAuthenticate(text => keyRing.find(text), findToken)
  const guarded = limits ? guardLogins(limits.logins, authenticate, security.locked) : authenticate
  app.addHook('onRequest', authorize(policy, guarded))
  app.addHook('onRequest', requireAddress)
  countRequests(app, limits)
}

const originsOf = ({ origins = new Set<string>() }: WebOptions = {}) => origins

function createServer({ logger, web = {} }: AppOptions): FastifyInstance {
  const app = fastify({
    ...(logger === undefined ? {} : { loggerInstance: logger }),
    ...wireSettings(web),
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: web.trustProxy ?? false,
    schemaErrorFormatter: validationProblem,
    frameworkErrors: (error, request, reply) => {
      // Hooks do not run for an address that cannot be routed.
      setUsualHeaders(reply)
      setCorsOfRefusal(originsOf(web), request, reply)
      sendError(error, request, reply)
      reply.raw.once('close', () => endOtherwise(request, reply))
    },
  })
  app.decorateRequest('asked')
  app.decorateRequest('principal')
  app.decorateRequest('spent')
  return app
}
