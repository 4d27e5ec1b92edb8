// What a worker and its supervisor tell each other.

import type { Consumption } from '../../limits/limit-store.ts'
import type { CountQuestion } from '../../limits/shared-limit-store.ts'
import type { WorkerMetrics } from '../../telemetry/metrics-of-workers.ts'

/** A worker answers requests from now on. */
export interface Ready {
  /** The lines that say where the service listens. */
  readonly addresses: readonly string[]
  /** Where the data is, and whether it is new. */
  readonly location: string
  readonly isNew: boolean
  /** As the first worker has decided it, so that all of them ask for the same. */
  readonly auth: 'none' | 'required'
}

/** From a worker. */
export type Report =
  | { readonly ready: Ready }
  | { readonly count: CountQuestion }
  | { readonly metrics: WorkerMetrics }
  | { readonly changedKey: number }

/** To a worker. */
export type Order =
  | { readonly stop: 'announce' | 'close' }
  | { readonly counted: readonly Consumption[] }
  | { readonly tell: 'metrics' }
  | { readonly changedKey: number }
