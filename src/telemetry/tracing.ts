// OpenTelemetry: a span for each request and for what it waits for, sent to OTEL_EXPORTER_OTLP_ENDPOINT. Without that setting, nothing of it is loaded.

import { setTimeout } from 'node:timers/promises'
import type { Attributes } from '@opentelemetry/api'
import type { SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-node'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { canonicalAddress } from '../access/address.ts'
import { withoutSecrets } from '../access/redact.ts'
import { parseTraceparent } from '../http/trace-context.ts'
import type { Log } from '../resource/resource.ts'
import { routeOf } from '../server/request-details.ts'
import type { StoreObserver } from '../store/observer.ts'
import { type Api, ChildSpans } from './child-spans.ts'
import { followOutgoing } from './outgoing-spans.ts'

/** They are not installed with the service, because they are larger than all of its dependencies. */
export const tracingPackages = {
  '@fastify/otel': '0.21.2',
  '@opentelemetry/api': '1.9.1',
  '@opentelemetry/exporter-trace-otlp-http': '0.222.0',
  '@opentelemetry/resources': '2.12.0',
  '@opentelemetry/sdk-trace-node': '2.12.0',
} as const

const endpoints = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] as const
const protocols = ['OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] as const

/** In milliseconds, how long the end of the process waits for the collector. */
const shutdownTimeout = 3000

export interface Tracing {
  /** Makes a span for every request to the routes that are registered later. */
  observe(app: FastifyInstance): Promise<void>
  readonly observer: StoreObserver
}

type Environment = Readonly<Record<string, string | undefined>>

/** Undefined if no setting asks for it. Throws an Error that says what to do if it cannot be loaded. */
export async function startTracing(
  environment: Environment,
  packages: typeof importPackages = importPackages,
): Promise<Tracing | undefined> {
  const asked = endpoints.find(name => environment[name])
  if (
    asked === undefined ||
    environment.OTEL_SDK_DISABLED === 'true' ||
    environment.OTEL_TRACES_EXPORTER === 'none'
  )
    return undefined
  for (const name of protocols)
    if (environment[name]?.startsWith('grpc'))
      throw new Error(
        `${name} is '${environment[name]}'; spans are sent by HTTP: unset it, and use the collector's port 4318.`,
      )
  return toTracing(await packages().catch(error => explainMissing(asked, error)))
}

type Packages = typeof import('@opentelemetry/sdk-trace-node') &
  Api &
  typeof import('@opentelemetry/exporter-trace-otlp-http') &
  typeof import('@opentelemetry/resources') &
  Omit<typeof import('@fastify/otel'), 'default'>

async function importPackages(): Promise<Packages> {
  const [sdk, api, exporter, resources, fastifyOtel] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/api'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@fastify/otel'),
  ])
  return { ...sdk, ...exporter, ...resources, ...fastifyOtel, ...api }
}

function explainMissing(asked: string, error: { readonly code?: string }): never {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
  const names = Object.entries(tracingPackages).map(([name, version]) => `${name}@${version}`)
  throw new Error(
    `${asked} is set, but OpenTelemetry is not installed. Unset it, or: npm install --omit=dev --save-prod ${names.join(' ')} (and build the image again, if there is one)`,
    { cause: error },
  )
}

function toTracing(packages: Packages): Tracing {
  const { NodeTracerProvider, BatchSpanProcessor, OTLPTraceExporter, FastifyOtelInstrumentation } =
    packages
  const own = packages.resourceFromAttributes({ 'service.name': 'restwell' })
  const exporter = new Telling(new OTLPTraceExporter())
  const provider = new NodeTracerProvider({
    resource: own.merge(packages.detectResources({ detectors: [packages.envDetector] })),
    spanProcessors: [conventional(new BatchSpanProcessor(exporter), packages)],
  })
  provider.register()
  const spans = new ChildSpans(packages, provider.getTracer('restwell'))
  followOutgoing(spans)
  return {
    observer: spans.observer,
    observe: async app => {
      exporter.log = app.log
      const instrumentation = new FastifyOtelInstrumentation({
        instrumentHooks: false,
        instrumentHandler: false,
        ignorePaths: ({ url }) => probes.includes(url.split('?', 1)[0]),
        requestHook: (span, request) => {
          span.updateName(`${request.method} ${routeOf(request)}`.trim())
          span.setAttributes(attributesOf(request))
          const { traceId, spanId } = span.spanContext()
          const joins = parseTraceparent(request.headers.traceparent) !== undefined
          request.log = request.log.child(joins ? { spanId } : { traceId, spanId })
        },
      })
      instrumentation.setTracerProvider(provider)
      await app.register(instrumentation.plugin())
      // A body comes in the context of its connection.
      app.addHook('preValidation', (request, _reply, done) => {
        const { context } = request.opentelemetry()
        if (context) packages.context.with(context, done)
        else done()
      })
      // The remaining spans are sent before the process ends, unless the collector is away too.
      app.addHook('onClose', () => Promise.race([provider.shutdown(), setTimeout(shutdownTimeout)]))
    },
  }
}

/** Tells the log once when the collector is away, and when it is back. */
class Telling implements SpanExporter {
  log: Log | undefined
  readonly #exporter: SpanExporter
  #isAway = false

  constructor(exporter: SpanExporter) {
    this.#exporter = exporter
  }

  export(...[spans, done]: Parameters<SpanExporter['export']>): void {
    this.#exporter.export(spans, result => {
      this.#tell(result.error)
      done(result)
    })
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown()
  }

  #tell(error: Error | undefined): void {
    const isAway = error !== undefined
    if (isAway && !this.#isAway)
      this.log?.warn({ reason: error.message }, 'spans are lost: the collector does not take them')
    if (!isAway && this.#isAway) this.log?.info({}, 'the collector takes spans again')
    this.#isAway = isAway
  }
}

/** The attributes of the semantic conventions that the plugin leaves out, or has with credentials from the query. */
function attributesOf(request: FastifyRequest): Attributes {
  const { url, protocol, hostname, port, ip, headers, raw } = request
  const [path = '', query] = withoutSecrets(url).split('?', 2)
  const agent = headers['user-agent']
  return {
    'http.route': routeOf(request),
    'url.path': path,
    ...(query && { 'url.query': query }),
    'url.scheme': protocol,
    'server.address': hostname,
    ...(port && { 'server.port': port }),
    'client.address': canonicalAddress(ip),
    'network.protocol.version': raw.httpVersion,
    ...(agent && { 'user_agent.original': agent }),
  }
}

/** They are no requests of anybody. */
const probes: readonly unknown[] = ['/livez', '/readyz']

/** Ends of requests by the semantic conventions, for which refusals (4xx) are no errors of a server. */
function conventional(processor: SpanProcessor, { SpanKind }: Api): SpanProcessor {
  return {
    onStart: (span, context) => processor.onStart(span, context),
    onEnd: span => {
      if (span.kind === SpanKind.SERVER) {
        const { 'http.response.status_code': status } = span.attributes
        if (Number(status) < 500) Object.assign(span, { status: { code: 0 }, events: [] })
        else if (status !== undefined)
          Object.assign(span.attributes, { 'error.type': String(status) })
      }
      processor.onEnd(span)
    },
    forceFlush: () => processor.forceFlush(),
    shutdown: () => processor.shutdown(),
  }
}
