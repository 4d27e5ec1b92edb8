// The status of the service, as `/statusz` has it, and an hour of it.

type Values = readonly (number | null)[]

/** Values by their names, one for each of the times. */
export interface Series {
  readonly times: readonly number[]
  readonly [name: string]: Values | number | undefined
}

export function valuesOf(series: Series, name: string): Values {
  const values = series[name]
  return Array.isArray(values) ? values : []
}

export interface Status {
  readonly interval: number
  /** All workers together; then each, where there are several. */
  readonly processes: readonly (Series & { readonly worker?: number })[]
  readonly routes: readonly {
    readonly method: string
    readonly path: string
    readonly requests: number
    readonly failed: number
    readonly mean: number
    readonly p95: number
  }[]
  readonly problems: readonly {
    readonly kind: string
    readonly status: number
    readonly count: number
    readonly last_at: string
    readonly method: string
    readonly path: string
    readonly instance: string
  }[]
  readonly callers: readonly {
    readonly id: string
    readonly requests: number
    readonly limited: number
    readonly policy?: string
    readonly quota?: number
    readonly remaining?: number
  }[]
}

/** In seconds. */
export const hour = 3600

/** What was known, with what has become known since. An hour of it is kept. */
export function joined(known: Status | undefined, news: Status): Status {
  if (known === undefined) return news
  const before = new Map(known.processes.map(each => [each.worker, each]))
  const processes = news.processes.map(each => ({
    ...each,
    ...joinedSeries(before.get(each.worker), each),
  }))
  return { ...news, processes }
}

function joinedSeries(known: Series | undefined, news: Series): Series {
  if (known === undefined) return news
  const last = known.times.at(-1) ?? 0
  const oldest = (news.times.at(-1) ?? last) - hour
  const isKept = known.times.map(time => time > oldest)
  const isNew = news.times.map(time => time > last)
  return mapped(news, (values, name) => [
    ...valuesOf(known, name).filter((_, index) => isKept[index]),
    ...values.filter((_, index) => isNew[index]),
  ])
}

/** What was in the last so many seconds. */
export function lastOf(series: Series, seconds: number): Series {
  const oldest = (series.times.at(-1) ?? 0) - seconds
  const from = series.times.findIndex(time => time > oldest)
  return mapped(series, values => values.slice(Math.max(0, from)))
}

function mapped(series: Series, change: (values: Values, name: string) => Values): Series {
  const columns = Object.keys(series).filter(name => Array.isArray(series[name]))
  const changed = columns.map(name => [name, change(valuesOf(series, name), name)])
  return Object.fromEntries(changed)
}
