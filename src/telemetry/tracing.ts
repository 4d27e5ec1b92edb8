// OpenTelemetry: a span for each request, sent to OTEL_EXPORTER_OTLP_ENDPOINT. Without that setting, nothing of it is loaded.

import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { withoutSecrets } from '../access/redact.ts'

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
  typeof import('@opentelemetry/exporter-trace-otlp-http') &
  typeof import('@opentelemetry/resources') &
  Omit<typeof import('@fastify/otel'), 'default'>

async function importPackages(): Promise<Packages> {
  const [sdk, exporter, resources, fastifyOtel] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@fastify/otel'),
  ])
  return { ...sdk, ...exporter, ...resources, ...fastifyOtel }
}

function explainMissing(asked: string, error: { readonly code?: string }): never {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
  const names = Object.entries(tracingPackages).map(([name, version]) => `${name}@${version}`)
  throw new Error(
    `${asked} is set, but OpenTelemetry is not installed. Unset it, or: npm install --save-prod ${names.join(' ')}`,
    { cause: error },
  )
}

function toTracing(packages: Packages): Tracing {
  const { NodeTracerProvider, BatchSpanProcessor, OTLPTraceExporter, FastifyOtelInstrumentation } =
    packages
  const own = packages.resourceFromAttributes({ 'service.name': 'restwell' })
  const provider = new NodeTracerProvider({
    resource: own.merge(packages.detectResources({ detectors: [packages.envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  })
  provider.register()
  return {
    observe: async app => {
      const instrumentation = new FastifyOtelInstrumentation({
        instrumentHooks: false,
        instrumentHandler: false,
        requestHook: (span, { method, url, routeOptions }) => {
          span.updateName(`${method} ${routeOptions.url ?? ''}`.trim())
          // The plugin takes the whole address for the path, including credentials that somebody has put into the query.
          const [path = '', query] = withoutSecrets(url).split('?', 2)
          span.setAttributes({ 'url.path': path, ...(query && { 'url.query': query }) })
        },
      })
      instrumentation.setTracerProvider(provider)
      await app.register(instrumentation.plugin())
      // The remaining spans are sent before the process ends, unless the collector is away too.
      app.addHook('onClose', () => Promise.race([provider.shutdown(), setTimeout(shutdownTimeout)]))
    },
  }
}
