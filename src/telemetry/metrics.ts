// Metrics for Prometheus: the time and the outcome of requests and database calls, and the state of the process.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { problems } from '../http/problem.ts'
import type { Model } from '../resource/model.ts'
import { answering, routeOf } from '../server/request-details.ts'
import type { StoreObserver } from '../store/observer.ts'
import { type Store, StoreError, storeErrorCodes } from '../store/store.ts'
import { addLagGauges, addStoreGauges } from './gauges.ts'
import type { WorkerMetrics } from './metrics-of-workers.ts'
import { isAborted, onEnd } from './request-log.ts'
import { onUnparsed } from './security-log.ts'
import { WorkMetrics } from './work-metrics.ts'

/** In seconds. */
const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const storeBuckets = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5,
]

/** Gauges of prom-client that are called like counters; others have the same by kind. */
const misnamed = ['handles', 'requests', 'resources'].map(what => `nodejs_active_${what}_total`)

/** Those that each scrape begins anew. */
const lags = ['', '_min', '_max', '_mean', '_stddev', '_p50', '_p90', '_p99'].map(
  what => `nodejs_eventloop_lag${what}_seconds`,
)

export class Metrics {
  readonly #registry = new Registry()
  readonly #requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'The time from the last byte of requests to the end of their responses; the route is the one of the document, not the address.',
    labelNames: ['method', 'route', 'status'],
    buckets: requestBuckets,
    registers: [this.#registry],
  })
  readonly #store = new Histogram({
    name: 'restwell_store_duration_seconds',
    help: 'The time of database calls: `query` reads, `transact` commits.',
    labelNames: ['kind'],
    buckets: storeBuckets,
    registers: [this.#registry],
  })
  readonly #waits = new Histogram({
    name: 'restwell_store_wait_duration_seconds',
    help: 'How long database calls waited, for a connection to PostgreSQL or for the transaction that writes to SQLite share.',
    buckets: storeBuckets,
    registers: [this.#registry],
  })
  readonly #storeErrors = new Counter({
    name: 'restwell_store_errors_total',
    help: 'Errors of the database by code; `unique` and `reference` are caused by callers.',
    labelNames: ['code'],
    registers: [this.#registry],
  })

  readonly #unparsed = new Counter({
    name: 'restwell_unparsed_requests_total',
    help: 'Requests that could not be parsed or did not arrive in time, by the status of the response.',
    labelNames: ['status'],
    registers: [this.#registry],
  })

  readonly #aborted = new Counter({
    name: 'restwell_aborted_requests_total',
    help: 'Requests whose client closed the connection before the end of the response; no other metric counts them.',
    labelNames: ['method', 'route'],
    registers: [this.#registry],
  })

  readonly #problems = new Counter({
    name: 'restwell_problems_total',
    help: 'Responses that were a problem, by its kind: a 503 is `overloaded` or `unavailable`, a 429 `quotaExceeded`.',
    labelNames: ['kind'],
    registers: [this.#registry],
  })

  readonly work = new WorkMetrics(this.#registry)

  constructor(version = '') {
    for (const kind of Object.keys(problems)) this.#problems.inc({ kind }, 0)
    new Gauge({
      name: 'restwell_build_info',
      help: 'Always 1; `version` is the version of the project.',
      labelNames: ['version'],
      aggregator: 'first',
      registers: [this.#registry],
    }).set({ version }, 1)
    for (const code of storeErrorCodes) this.#storeErrors.inc({ code }, 0)
    collectDefaultMetrics({ register: this.#registry })
    for (const name of [...misnamed, ...lags]) this.#registry.removeSingleMetric(name)
    addLagGauges(this.#registry)
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** All metrics, in the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  /** All metrics as values, for whoever puts those of several processes together. */
  values(): Promise<WorkerMetrics> {
    return this.#registry.getMetricsAsJSON()
  }

  /** Measures every request of the app, its store, and the hooks of its resources. */
  observe(app: FastifyInstance, store: Store, models: readonly Model[]): void {
    this.work.begin(models)
    addStoreGauges(this.#registry, store)
    const inFlight = new Gauge({
      name: 'restwell_requests_in_flight',
      help: 'Requests that have arrived and not yet ended.',
      registers: [this.#registry],
    })
    app.addHook('onRequest', (_request, reply, done) => {
      inFlight.inc()
      reply.raw.once('close', () => inFlight.dec())
      done()
    })
    onEnd(app, (request, reply) => this.#observeEnd(request, reply))
    onUnparsed(app, ({ status }) => this.#unparsed.inc({ status }))
    new Gauge({
      name: 'restwell_stopping',
      help: 'Whether the process is stopping (1).',
      aggregator: 'max',
      registers: [this.#registry],
      collect() {
        this.set(Number(app.stopping))
      },
    })
  }

  /** Measures the calls of a store. */
  readonly observer: StoreObserver = {
    call: kind => {
      const stop = this.#store.startTimer({ kind })
      return error => {
        if (error instanceof StoreError) this.#storeErrors.inc({ code: error.code })
        stop()
      }
    },
    wait: () => {
      const stop = this.#waits.startTimer()
      return () => void stop()
    },
  }

  #observeEnd(request: FastifyRequest, reply: FastifyReply): void {
    const [method, route] = [request.method, routeOf(request)]
    if (isAborted(request)) return void this.#aborted.inc({ method, route })
    if (request.problemKind !== undefined) this.#problems.inc({ kind: request.problemKind })
    const status = reply.statusCode
    this.#requests.observe({ method, route, status }, answering(request, reply) / 1000)
  }
}
