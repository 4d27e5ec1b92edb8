// The last hour of all processes of a service: intervals of each, and figures of routes, problems and callers.

import type {
  CallerStatus,
  Column,
  ProblemStatus,
  RouteStatus,
  Series,
  ServiceStatus,
} from '../http/status.ts'
import { type Counts, type Gauges, type Interval, maxTold, type RouteUse } from './activity.ts'
import { addLatencies, quantile, rounded } from './latencies.ts'

/** In seconds. */
export const usualInterval = 5
/** For each process: an hour. */
export const maxIntervals = 720
/** In ms: what is told of routes, problems and callers is forgotten after one to two of these. */
const generation = 1_800_000
/** Of routes and callers, how many are listed. */
const listed = 20

type Sample = Counts & Gauges

export class History {
  readonly #interval: number
  /** By the number of the process, then by the time of their end, in order. */
  readonly #samples = new Map<number, Map<number, Sample>>()
  readonly #routes = new Told<RouteUse>(addRoutes)
  readonly #problems = new Told<ProblemStatus>(addProblems)
  readonly #callers = new Told<CallerStatus>(addCallers)

  /** `interval`: in seconds. */
  constructor(interval = usualInterval) {
    this.#interval = interval
  }

  get interval(): number {
    return this.#interval
  }

  /** `now`: in ms since 1970. */
  keep(worker: number, { counts, gauges, ...told }: Interval, now: number): void {
    const seconds = Math.floor(now / 1000 / this.#interval) * this.#interval
    const samples = this.#samples.get(worker) ?? new Map<number, Sample>()
    this.#samples.set(worker, samples.set(seconds, { ...counts, ...gauges }))
    const [oldest = seconds] = samples.keys()
    if (samples.size > maxIntervals) samples.delete(oldest)
    for (const use of told.routes) this.#routes.add(`${use.method} ${use.path}`, use, now)
    for (const problem of told.problems) this.#problems.add(problem.kind, problem, now)
    for (const use of told.callers) this.#callers.add(use.id, use, now)
  }

  /** `since`: in seconds since 1970. */
  report(since: number): ServiceStatus {
    const processes = [...this.#samples]
      .map(([number, samples]) => ({ number, samples: after(samples, since) }))
      .sort((one, other) => one.number - other.number)
    return {
      interval: this.#interval,
      processes: [
        toSeries(together(processes.map(({ samples }) => samples))),
        ...(processes.length < 2
          ? []
          : processes.map(({ number, samples }) => ({ worker: number, ...toSeries(samples) }))),
      ],
      routes: slowest(this.#routes.all()),
      problems: [...this.#problems.all()].sort((one, other) => other.count - one.count),
      callers: [...this.#callers.all()]
        .sort((one, other) => other.requests - one.requests)
        .slice(0, listed),
    }
  }
}

/** Values by their keys, of which the old ones are forgotten all at once. */
class Told<T> {
  readonly #add: (one: T, other: T) => T
  #current = new Map<string, T>()
  #last = new Map<string, T>()
  #generation = 0

  constructor(add: (one: T, other: T) => T) {
    this.#add = add
  }

  add(key: string, value: T, now: number): void {
    const at = Math.floor(now / generation)
    if (at !== this.#generation) {
      this.#last = at === this.#generation + 1 ? this.#current : new Map()
      this.#current = new Map()
      this.#generation = at
    }
    const known = this.#current.get(key)
    if (known === undefined && this.#current.size >= maxTold) return
    this.#current.set(key, known === undefined ? value : this.#add(known, value))
  }

  all(): readonly T[] {
    const all = new Map(this.#last)
    for (const [key, value] of this.#current) {
      const before = all.get(key)
      all.set(key, before === undefined ? value : this.#add(before, value))
    }
    return [...all.values()]
  }
}

type Samples = ReadonlyMap<number, Sample>

function after(samples: Samples, since: number): Samples {
  return new Map([...samples].filter(([at]) => at > since))
}

function together(all: readonly Samples[]): Samples {
  const times = [...new Set(all.flatMap(samples => [...samples.keys()]))].sort(
    (one, other) => one - other,
  )
  return new Map(
    times.map(at => {
      const found = all.map(samples => samples.get(at)).filter(each => each !== undefined)
      const sums = found.reduce(addSamples)
      return [at, { ...sums, busy: sums.busy / found.length }] as const
    }),
  )
}

/** Sums, but for the lag, which is that of the worst. */
function addSamples(one: Sample, other: Sample): Sample {
  const names = Object.keys(one) as (keyof Sample)[]
  const sums = Object.fromEntries(
    names.map(name => [name, Number(one[name]) + Number(other[name])]),
  ) as unknown as Sample
  return {
    ...sums,
    latencies: addLatencies(one.latencies, other.latencies),
    lag: Math.max(one.lag, other.lag),
  }
}

const plain = (name: keyof Sample) => (sample: Sample) => Number(sample[name])
const quantileOf = (share: number) => (sample: Sample) => quantile(sample.latencies, share)
const meanOf = (name: 'database' | 'waiting') => (sample: Sample) =>
  sample.users === 0 ? null : rounded(sample[name] / sample.users)

const columns: Readonly<Record<Column, (sample: Sample) => number | null>> = {
  successful: plain('successful'),
  redirected: plain('redirected'),
  refused: plain('refused'),
  failed: plain('failed'),
  aborted: plain('aborted'),
  p50: quantileOf(0.5),
  p95: quantileOf(0.95),
  p99: quantileOf(0.99),
  database: meanOf('database'),
  waiting: meanOf('waiting'),
  connections: plain('connections'),
  queue: plain('queue'),
  in_flight: plain('in_flight'),
  lag: sample => rounded(sample.lag),
  busy: sample => rounded(sample.busy),
  heap: plain('heap'),
}

function toSeries(samples: Samples): Series {
  const all = [...samples.values()]
  const series = Object.entries(columns).map(([name, read]) => [name, all.map(read)])
  return { times: [...samples.keys()], ...Object.fromEntries(series) }
}

function slowest(uses: readonly RouteUse[]): RouteStatus[] {
  return uses
    .map(({ method, path, requests, failed, time, latencies }) => ({
      ...{ method, path, requests, failed },
      mean: rounded(time / requests),
      p95: quantile(latencies, 0.95) ?? 0,
    }))
    .sort((one, other) => other.p95 - one.p95)
    .slice(0, listed)
}

function addRoutes(one: RouteUse, other: RouteUse): RouteUse {
  return {
    ...one,
    requests: one.requests + other.requests,
    failed: one.failed + other.failed,
    time: one.time + other.time,
    latencies: addLatencies(one.latencies, other.latencies),
  }
}

function addProblems(one: ProblemStatus, other: ProblemStatus): ProblemStatus {
  return { ...other, count: one.count + other.count }
}

/** The last one knows the quota best, if any was used. */
function addCallers(one: CallerStatus, other: CallerStatus): CallerStatus {
  const requests = one.requests + other.requests
  return { ...one, ...other, requests, limited: one.limited + other.limited }
}
