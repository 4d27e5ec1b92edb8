// The messages between a worker and its supervisor.

import type { ServiceStatus } from '../../http/status.ts'
import type { Consumption } from '../../limits/limit-store.ts'
import type { CountQuestion } from '../../limits/shared-limit-store.ts'
import type { Interval } from '../../telemetry/activity.ts'
import type { WorkerMetrics } from '../../telemetry/metrics-of-workers.ts'

/** A worker answers requests from now on. */
export interface Ready {
  /** The lines that say where the service listens. */
  readonly addresses: readonly string[]
  /** Where the data is, and whether it is new. */
  readonly location: string
  readonly isNew: boolean
  readonly auth: 'none' | 'required'
}

/** The decisions of the first worker, which those that follow take over. */
export interface Common extends Pick<Ready, 'auth'> {
  /** Of the files of the project, with which all workers that serve have begun; undefined while none serves. */
  readonly digest?: string | undefined
}

/** The message to a worker when it begins. */
export interface Place {
  /** From 1. The one that takes the place of a worker has its number. */
  readonly number: number
  /** How many workers there are to be. */
  readonly count: number
  /** Where all of them listen. */
  readonly port: number
  /** Not for the first one of a service. */
  readonly joins: Common | undefined
}

/** From a worker. */
export type Report =
  | { readonly ready: Ready & { readonly digest: string } }
  | { readonly count: CountQuestion }
  | { readonly metrics: WorkerMetrics }
  | { readonly changedKey: number }
  | { readonly interval: Interval }
  | { readonly statusSince: number }
  | { readonly turn: 'ask' | 'pass' }

/** To a worker. */
export type Order =
  | { readonly stop: 'announce' | 'close' }
  | { readonly counted: readonly Consumption[] }
  | { readonly tell: 'metrics' }
  | { readonly changedKey: number }
  | { readonly status: ServiceStatus }
  | { readonly turn: 'begin' }
