// The service put together, in the order in which it starts. It does not listen; the command line does.

import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from 'fastify'
import { type AccessPolicy, openPolicy } from './access/access.ts'
import { createAuthenticate } from './access/authenticate.ts'
import { guardLogins } from './access/failed-logins.ts'
import { auditNoticed } from './access/key-audit.ts'
import { KeyRing } from './access/key-ring.ts'
import { keyShapes } from './access/key-shapes.ts'
import type { Limits } from './access/limits.ts'
import { Tokens } from './access/token.ts'
import type { TrustProxy } from './access/trusted-proxies.ts'
import { allSchemas, registerOpenapi } from './docs/openapi.ts'
import { registerSwaggerUi } from './docs/swagger-ui.ts'
import type { Origins } from './http/cors.ts'
import { keysToOperations, modelsToOperations } from './http/operations.ts'
import { Problem } from './http/problem.ts'
import type { Models } from './load.ts'
import type { JsonSchema } from './resource/field.ts'
import type { Model } from './resource/model.ts'
import { modelToShapes, stateShape } from './resource/shapes.ts'
import { authorize } from './routes/authorize.ts'
import { registerBodyParser } from './routes/body.ts'
import { registerDiscovery } from './routes/discovery.ts'
import type { Engine } from './routes/engine.ts'
import { clientError, hangUp, registerErrors, requireAddress, sendError, validationProblem } from './routes/errors.ts'
import { addCarefulFields } from './routes/headers.ts'
import { keepHouse } from './routes/housekeeping.ts'
import { countRequests } from './routes/limits.ts'
import { answerMethod, collectMethods } from './routes/methods.ts'
import { type PressureOptions, registerPressure } from './routes/pressure.ts'
import { registerProbes } from './routes/probes.ts'
import { registerRoutes } from './routes/routes.ts'
import { stage } from './routes/stage.ts'
import { registerStop } from './routes/stop.ts'
import { compile, createAjv } from './routes/validator.ts'
import type { Store } from './store/store.ts'
import { modelToTable } from './store/table.ts'
import type { Metrics } from './telemetry/metrics.ts'
import { registerRequestLog } from './telemetry/request-log.ts'
import { registerSecurityLog } from './telemetry/security-log.ts'
import type { Tracing } from './telemetry/tracing.ts'

export interface AppOptions {
  readonly models: Models
  readonly store: Store
  /** The time; the machine's clock by default. */
  readonly clock?: () => Date
  readonly logger?: FastifyBaseLogger
  /** When to refuse for overload; never by default. */
  readonly pressure?: PressureOptions
  /** What measures it, where its operator asks for that. */
  readonly metrics?: Metrics
  /** How much callers may ask for; as much as they like by default. */
  readonly limits?: Limits
  /** Whether the document speaks of limits; by default if there are any. */
  readonly documentsLimits?: boolean
  readonly tracing?: Tracing
  /** What is asked of callers; nothing by default. */
  readonly access?: AccessPolicy
  readonly web?: WebOptions
  readonly version: string
}

export interface WebOptions {
  /** The origins whose pages may read the answers; none by default. */
  readonly origins?: Origins
  /** Whether the document and Swagger UI are served; true by default. */
  readonly docs?: boolean
  /** The proxies whose `X-Forwarded-For` is believed; none by default. */
  readonly trustProxy?: TrustProxy
  readonly times?: Partial<typeof usualTimes>
}

const title = 'Restwell'

/** The longest request target, in bytes; longer is 414. Node's limit for all of the head is 16 KiB. */
const maxTargetLength = 8192
/** The largest body, in bytes; larger is 413. */
const maxBodyLength = 1_048_576
/** In ms: how long a request and its head may take to arrive (longer is 408), and a connection may say nothing. */
const usualTimes = {
  head: 20_000,
  request: 60_000,
  /** While a request is under way, its answer being read included. */
  silence: 120_000,
  /** Between two requests: longer than the usual minute of a proxy, so that it is the proxy who hangs up. */
  idle: 72_000,
  /** How often the clocks are looked at. */
  check: 5_000,
}

export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { models, version, web: { docs = true } = {} } = options
  const engine = createEngine(options)
  const { shapes, policy, served } = engine
  const keyOperations = policy.required ? keysToOperations(models.keyModel) : []
  const operations = [...modelsToOperations(models.models), ...keyOperations]
  const app = createServer(options)

  const answerOtherMethods = collectMethods(app)
  await registerStages(app, engine, options)
  registerErrors(app)
  registerBodyParser(app)
  registerValidator(app, engine)
  const limited = options.documentsLimits ?? options.limits !== undefined
  await registerOpenapi(app, { title, version, models: served, shapes, operations, policy, limited })
  registerDiscovery(app, engine, { name: title, version }, docs)
  registerProbes(app, engine)
  registerRoutes(app, engine, operations)
  if (docs) await registerSwaggerUi(app, title)
  answerOtherMethods()
  keepHouse(app, engine)
  return app
}

/** What is done with every request when no more than its head has arrived, in this order. */
async function registerStages(app: FastifyInstance, engine: Engine, options: AppOptions): Promise<void> {
  const { policy, keyRing, clock } = engine
  const { limits, metrics, pressure, tracing, web } = options
  const tokens = policy.tokens && new Tokens(policy.tokens, clock, app.log)
  const findToken = tokens && ((token: string) => tokens.find(token))
  await tracing?.observe(app)
  registerRequestLog(app)
  const onLock = registerSecurityLog(app, { trustsProxies: web?.trustProxy !== undefined })
  metrics?.observe(app)
  registerStop(app)
  addCarefulFields(app, web?.origins ?? new Set())
  app.addHook('onRequest', (request, reply, done) => {
    requireTarget(request)
    answerMethod(request, reply, done)
  })
  if (pressure !== undefined) await registerPressure(app, pressure)
  const authenticate = createAuthenticate(keyRing, findToken)
  const guarded = limits ? guardLogins(limits.logins, authenticate, onLock) : authenticate
  app.addHook('onRequest', authorize(policy, guarded))
  app.addHook('onRequest', stage(requireAddress))
  countRequests(app, limits)
}

export function createEngine(options: AppOptions): Engine {
  const { models: all, store, clock: told, access = openPolicy, limits, logger } = options
  const { models, idempotencyModel, keyModel, keySecretModel } = all
  const clock = told ?? (() => new Date())
  // Asked by every request with a key: the number alone costs a quarter of a Date.
  const now = told === undefined ? Date.now : () => told().getTime()
  const ajv = createAjv()
  const toTable = (model: Model) => modelToTable(store.dialect, model)
  const keyTables = { keys: toTable(keyModel), secrets: toTable(keySecretModel) }
  const tables = models.map(model => [model.name, toTable(model)] as const)
  const resources = models.map(({ name }) => name)
  const nameable = { resources, ...(limits && { plans: [...limits.plans.byName.keys()] }) }
  const shapes = models.map(model => [model.name, modelToShapes(model, models)] as const)
  return {
    store,
    models,
    served: access.required ? [...models, keyModel] : models,
    tables: new Map([...tables, [keyModel.name, keyTables.keys]]),
    idempotencyTable: toTable(idempotencyModel),
    keyTables,
    keyRing: new KeyRing({ store, tables: keyTables, now, onNotice: keys => logger && auditNoticed(logger, keys) }),
    policy: access,
    shapes: new Map([...shapes, [keyModel.name, keyShapes(keyModel, nameable)]]),
    validateState: model => compile(ajv, stateShape(model)),
    clock,
  }
}

function createServer({ logger, web = {} }: AppOptions): FastifyInstance {
  const times = { ...usualTimes, ...web.times }
  const app = fastify({
    ...(logger === undefined ? {} : { loggerInstance: logger }),
    bodyLimit: maxBodyLength,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    rewriteUrl: ({ url = '/' }) => rewriteVersion(url),
    http: {
      // Ours say why in a problem.
      requireHostHeader: false,
      headersTimeout: times.head,
      requestTimeout: times.request,
      connectionsCheckingInterval: times.check,
    },
    requestTimeout: times.request,
    connectionTimeout: times.silence,
    keepAliveTimeout: times.idle,
    trustProxy: web.trustProxy ?? false,
    clientErrorHandler: clientError,
    schemaErrorFormatter: validationProblem,
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply),
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1000 },
  })
  app.decorateRequest('asked')
  app.decorateRequest('principal')
  app.server.prependListener('request', (request: IncomingMessage) => {
    request.url = toOriginForm(request)
  })
  app.server.on('checkExpectation', (_request: IncomingMessage, response) => {
    if (response.socket !== null) hangUp(response.socket, new Problem('expectationFailed'))
  })
  app.server.on('connect', (_request, socket) => hangUp(socket as Socket, new Problem('notImplemented')))
  return app
}

function requireTarget({ originalUrl, raw }: FastifyRequest): void {
  if (originalUrl.length > maxTargetLength) throw new Problem('uriTooLong')
  if (!originalUrl.startsWith('/') || !namesItsHost(raw)) throw new Problem('malformed')
}

/** Exactly one Host, but for HTTP/1.0 (RFC 9112 §3.2). */
function namesItsHost({ httpVersion, rawHeaders }: IncomingMessage): boolean {
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.length === 4 && rawHeaders[index]?.toLowerCase() === 'host') hosts++
  return hosts === 1 || (hosts === 0 && httpVersion === '1.0')
}

/** The whole address is what proxies send (RFC 9112 §3.2.2); `*` is asked of the server itself (RFC 9110 §9.3.7). */
function toOriginForm({ method, url = '/' }: IncomingMessage): string {
  if (url.startsWith('/')) return url
  if (url === '*' && method === 'OPTIONS') return '/'
  return url.replace(/^https?:\/\/[^/?]*\/?/i, '/')
}

/** `/v1/books` reaches what `/books` does. */
function rewriteVersion(url: string): string {
  return url.replace(/^\/v1(?![^/?])\/?/, '/')
}

function registerValidator(app: FastifyInstance, engine: Engine): void {
  const ajv = createAjv()
  for (const [name, schema] of Object.entries(allSchemas({ models: engine.served, shapes: engine.shapes })))
    ajv.addSchema(schema, name)
  app.setValidatorCompiler(({ schema }) => {
    const validate = compile(ajv, schema as JsonSchema)
    return value => {
      const errors = validate(value)
      return errors.length === 0 ? { value } : { error: errors as never }
    }
  })
  // Answers are written as text by the handlers.
  app.setSerializerCompiler(() => value => JSON.stringify(value))
}
