// The work of one process within an interval, counted as its requests end.

import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { countedAs } from '../access/caller.ts'
import { problems } from '../http/problem.ts'
import { instanceOf } from '../http/request-id.ts'
import { serviceOperations } from '../http/service.ts'
import type { CallerStatus, ProblemStatus } from '../http/status.ts'
import { answering, routeOf } from '../server/request-details.ts'
import type { StoreLoad } from '../store/store.ts'
import { countLatency, type Latencies, noLatencies } from './latencies.ts'
import { isAborted, unknownToServers } from './request-log.ts'

/** The class of a status, in the words of series. */
const outcomes = ['successful', 'redirected', 'refused', 'failed'] as const

export interface Counts extends Record<(typeof outcomes)[number] | 'aborted', number> {
  latencies: Latencies
  /** Requests that used the database, and in ms, the sum of their times there. */
  users: number
  database: number
  waiting: number
}

/** A sample of a process. */
export interface Gauges {
  readonly connections: number
  readonly queue: number
  readonly in_flight: number
  readonly lag: number
  readonly busy: number
  readonly heap: number
}

export interface RouteUse {
  readonly method: string
  readonly path: string
  requests: number
  failed: number
  /** In ms, all of them together. */
  time: number
  latencies: Latencies
}

export interface Interval {
  readonly counts: Counts
  readonly gauges: Gauges
  readonly routes: readonly RouteUse[]
  readonly problems: readonly ProblemStatus[]
  readonly callers: readonly CallerStatus[]
}

/** Of each, how many are told apart within an interval. */
export const maxTold = 1000

/** Probes, and looking at the status, are no requests of anybody. */
const aboutService: readonly string[] = serviceOperations.map(({ path }) => path)

const resolution = 20
const nanosecondsPerMillisecond = 1e6

export class Activity {
  readonly #load: () => StoreLoad
  /** Whether callers are told apart: where none need credentials, they are but addresses. */
  readonly #namesCallers: boolean
  readonly #delay = monitorEventLoopDelay({ resolution })
  #utilization: EventLoopUtilization = performance.eventLoopUtilization()
  #inFlight = 0
  #counts = noCounts()
  #routes = new Map<string, RouteUse & { latencies: number[] }>()
  #problems = new Map<string, ProblemStatus>()
  #callers = new Map<string, CallerStatus>()

  constructor(load: () => StoreLoad, namesCallers: boolean) {
    this.#load = load
    this.#namesCallers = namesCallers
    this.#delay.enable()
  }

  close(): void {
    this.#delay.disable()
  }

  begin(reply: FastifyReply): void {
    this.#inFlight++
    reply.raw.once('close', () => {
      this.#inFlight--
    })
  }

  end(request: FastifyRequest, reply: FastifyReply): void {
    if (aboutService.includes(routeOf(request))) return
    const counts = this.#counts
    if (isAborted(request)) {
      counts.aborted++
      return
    }
    const time = answering(request, reply)
    counts[outcomeOf(reply.statusCode)]++
    countLatency(counts.latencies, time)
    if (request.spent !== undefined) {
      counts.users++
      counts.database += request.spent.database
      counts.waiting += request.spent.waiting
    }
    this.#countRoute(request, reply.statusCode, time)
    this.#countProblem(request)
    if (this.#namesCallers) this.#countCaller(request, reply.statusCode)
  }

  /** The counts since the last time. */
  take(): Interval {
    const interval = {
      counts: this.#counts,
      gauges: this.#gauges(),
      routes: [...this.#routes.values()],
      problems: [...this.#problems.values()],
      callers: [...this.#callers.values()],
    }
    this.#counts = noCounts()
    for (const told of [this.#routes, this.#problems, this.#callers]) told.clear()
    return interval
  }

  #gauges(): Gauges {
    const last = this.#utilization
    this.#utilization = performance.eventLoopUtilization()
    const lag = this.#delay.percentile(99) / nanosecondsPerMillisecond - resolution
    this.#delay.reset()
    return {
      ...this.#load(),
      in_flight: this.#inFlight,
      lag: Math.max(0, lag),
      busy: performance.eventLoopUtilization(this.#utilization, last).utilization,
      heap: getHeapStatistics().used_heap_size,
    }
  }

  #countRoute(request: FastifyRequest, status: number, time: number): void {
    const { method } = request
    const path = routeOf(request)
    const use = entry(this.#routes, `${method} ${path}`, () => ({
      ...{ method, path, requests: 0, failed: 0, time: 0 },
      latencies: noLatencies(),
    }))
    if (use === undefined) return
    use.requests++
    use.time += time
    if (status >= 500) use.failed++
    countLatency(use.latencies, time)
  }

  #countProblem(request: FastifyRequest): void {
    const { problemKind: kind, method, id } = request
    if (kind === undefined) return
    const { count = 0 } = this.#problems.get(kind) ?? {}
    this.#problems.set(kind, {
      kind,
      status: problems[kind].status,
      count: count + 1,
      last_at: new Date().toISOString(),
      method,
      path: routeOf(request),
      instance: instanceOf(id),
    })
  }

  #countCaller(request: FastifyRequest, status: number): void {
    const { principal, quotaUse } = request
    if (principal === undefined) return
    const id = quotaUse?.caller ?? countedAs(principal, request)
    const use = entry<CallerStatus>(this.#callers, id, () => ({ id, requests: 0, limited: 0 }))
    if (use === undefined) return
    use.requests++
    if (status === 429) use.limited++
    if (quotaUse !== undefined) Object.assign(use, tightest(quotaUse))
  }
}

function outcomeOf(status: number): (typeof outcomes)[number] {
  if (unknownToServers.includes(status)) return 'refused'
  return outcomes[Math.floor(status / 100) - 2] ?? 'failed'
}

function noCounts(): Counts & { latencies: number[] } {
  const none = { successful: 0, redirected: 0, refused: 0, failed: 0, aborted: 0 }
  return { ...none, users: 0, database: 0, waiting: 0, latencies: noLatencies() }
}

/** Undefined for a new one where there are too many. */
function entry<T>(told: Map<string, T>, key: string, make: () => T): T | undefined {
  const known = told.get(key)
  if (known !== undefined || told.size >= maxTold) return known
  const made = make()
  told.set(key, made)
  return made
}

/** The quota of which the least is left. */
function tightest({
  plan,
  consumption,
}: NonNullable<FastifyRequest['quotaUse']>):
  | Pick<CallerStatus, 'policy' | 'quota' | 'remaining'>
  | undefined {
  const [first] = plan.policies
    .map(({ name: policy, quota }, index) => ({
      ...{ policy, quota },
      remaining: consumption.windows[index]?.remaining ?? 0,
    }))
    .sort((one, other) => one.remaining / one.quota - other.remaining / other.quota)
  return first
}
