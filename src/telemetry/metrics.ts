// Metrics for Prometheus: the time and the outcome of requests and database calls, and the state of the process.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import {
  type Isolation,
  type Statement,
  type Store,
  StoreError,
  type Work,
} from '../store/store.ts'
import { onUnparsed } from './security-log.ts'

/** In seconds. */
const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const storeBuckets = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5,
]

export class Metrics {
  readonly #registry = new Registry()
  readonly #requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'The time until requests were answered; the route is the pattern, not the address.',
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

  constructor() {
    collectDefaultMetrics({ register: this.#registry })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** All metrics, in the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  /** Measures every request of the app. */
  observe(app: FastifyInstance): void {
    app.addHook('onResponse', (request, reply, done) => {
      this.#observeAnswer(request, reply)
      done()
    })
    onUnparsed(app, ({ status }) => this.#unparsed.inc({ status }))
    new Gauge({
      name: 'restwell_stopping',
      help: 'Whether the process is stopping (1).',
      registers: [this.#registry],
      collect() {
        this.set(Number(app.stopping))
      },
    })
  }

  /** The same store with measured calls. */
  measure(store: Store): Store {
    return {
      dialect: store.dialect,
      location: store.location,
      query: (statement: Statement) => this.#timed('query', () => store.query(statement)),
      transact: <T>(work: () => Work<T>, isolation?: Isolation) =>
        this.#timed('transact', () => store.transact(work, isolation)),
      read: work => this.#timed('query', () => store.read(work)),
      session: task => store.session(task),
      close: () => store.close(),
    }
  }

  #observeAnswer(
    { method, routeOptions, is404 }: FastifyRequest,
    { statusCode, elapsedTime }: FastifyReply,
  ): void {
    const route = is404 ? '' : (routeOptions.url ?? '')
    this.#requests.observe({ method, route, status: statusCode }, elapsedTime / 1000)
  }

  async #timed<T>(kind: 'query' | 'transact', run: () => Promise<T>): Promise<T> {
    const start = performance.now()
    try {
      return await run()
    } catch (error) {
      if (error instanceof StoreError) this.#storeErrors.inc({ code: error.code })
      throw error
    } finally {
      this.#store.observe({ kind }, (performance.now() - start) / 1000)
    }
  }
}
