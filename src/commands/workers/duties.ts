// The duties of one process for all workers: it counts their requests together, puts their metrics together, keeps the figures
// of the last hour, and passes on which API keys one of them has changed.

import { monotonicClock } from '../../limits/limits.ts'
import { MemoryLimitStore } from '../../limits/memory-limit-store.ts'
import { LimitCounter } from '../../limits/shared-limit-store.ts'
import { History } from '../../telemetry/history.ts'
import type { MetricsOfWorkers } from '../../telemetry/metrics-of-workers.ts'
import type { Order, Report } from './messages.ts'
import { WorkerTurns } from './turns.ts'

export interface DutiesOptions {
  /** There where metrics are wanted. */
  readonly metrics: MetricsOfWorkers | undefined
  tell(worker: number, order: Order): void
  tellOthers(worker: number, order: Order): void
}

export class Duties {
  readonly #options: DutiesOptions
  readonly #store = new MemoryLimitStore(monotonicClock)
  readonly #history = new History()
  readonly #turns: WorkerTurns
  readonly #counters = new Map<number, LimitCounter>()

  constructor(options: DutiesOptions) {
    this.#options = options
    this.#turns = new WorkerTurns(worker => options.tell(worker, { turn: 'begin' }))
  }

  begin(worker: number): void {
    this.#counters.set(worker, new LimitCounter(this.#store))
  }

  /** It answers requests from now on. */
  ready(worker: number): void {
    this.#options.metrics?.begin(worker)
  }

  hear(worker: number, report: Report): void {
    const { metrics, tell, tellOthers } = this.#options
    if ('count' in report) {
      const counted = this.#counters.get(worker)?.answer(report.count) ?? []
      tell(worker, { counted })
    } else if ('turn' in report) this.#turns[report.turn](worker)
    else if ('metrics' in report) metrics?.hear(worker, report.metrics)
    else if ('changedKey' in report) tellOthers(worker, report)
    else if ('interval' in report) this.#history.keep(worker, report.interval, Date.now())
    else if ('statusSince' in report)
      tell(worker, { status: this.#history.report(report.statusSince) })
  }

  end(worker: number): void {
    this.#counters.delete(worker)
    this.#turns.end(worker)
    this.#options.metrics?.end(worker)
  }
}
