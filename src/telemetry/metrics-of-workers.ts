// The metrics of all workers of a service as those of one.

import {
  AggregatorRegistry,
  Gauge,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client'
import type { Store } from '../store/store.ts'
import { addFileGauges } from './gauges.ts'

export type WorkerMetrics = readonly MetricObjectWithValues<MetricValue<string>>[]

/** In ms, how long a worker may take to answer; then its last values count. */
const patience = 1000

/** The metrics that only grow, and so must not shrink when a worker ends. */
const growing: readonly unknown[] = ['counter', 'histogram']

export class MetricsOfWorkers {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE
  readonly #ask: (worker: number) => void
  readonly #own = new Registry()
  readonly #count = new Gauge({
    name: 'restwell_workers',
    help: 'The number of workers that serve; there only where `WORKERS` is more than one.',
    registers: [this.#own],
  })
  /** By the number of the worker, its values as it last told them. */
  readonly #last = new Map<number, WorkerMetrics>()
  readonly #waiting = new Map<number, PromiseWithResolvers<void>>()
  /** The counts of workers that have ended. */
  #ended: WorkerMetrics = []

  /** `ask` asks a worker for its values; `file`: the database, where this process holds it. */
  constructor(ask: (worker: number) => void, file?: Store) {
    this.#ask = ask
    if (file !== undefined) addFileGauges(this.#own, file)
  }

  begin(worker: number): void {
    this.#last.set(worker, [])
  }

  hear(worker: number, values: WorkerMetrics): void {
    this.#last.set(worker, values)
    this.#waiting.get(worker)?.resolve()
  }

  async end(worker: number): Promise<void> {
    const values = this.#last.get(worker)
    if (values === undefined) return
    const last = values.filter(({ type }) => growing.includes(type))
    this.#last.delete(worker)
    this.#waiting.get(worker)?.resolve()
    this.#ended = await together([this.#ended, last]).getMetricsAsJSON()
  }

  /** All metrics, in the text format of Prometheus. */
  async text(): Promise<string> {
    await Promise.all([...this.#last.keys()].map(worker => this.#news(worker)))
    this.#count.set(this.#last.size)
    const own = await this.#own.getMetricsAsJSON()
    return together([...this.#last.values(), this.#ended, own]).metrics()
  }

  /** Resolves when the worker has answered, has ended, or takes too long. */
  async #news(worker: number): Promise<void> {
    const waiting = this.#waiting.get(worker) ?? Promise.withResolvers<void>()
    if (!this.#waiting.has(worker)) {
      this.#waiting.set(worker, waiting)
      this.#ask(worker)
    }
    const timer = setTimeout(waiting.resolve, patience)
    await waiting.promise
    clearTimeout(timer)
    this.#waiting.delete(worker)
  }
}

function together(all: readonly WorkerMetrics[]): Registry {
  return AggregatorRegistry.aggregate(all as MetricObjectWithValues<MetricValue<string>>[][])
}
