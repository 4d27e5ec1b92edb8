// What a process takes over time, by its own metrics, and whether that grows.

import { toTable } from '../../bench/summary.ts'

/** The lines of `/metrics` that are series. */
type Series = readonly string[]

interface Figure {
  readonly title: string
  readonly read: (series: Series) => number
  /** How much more is flat in the end. */
  readonly allowed: (before: number) => number
}

/** The sum of all series of a metric. */
function sum(metric: string, unit = 1) {
  return (series: Series) =>
    series
      .filter(line => line.startsWith(`${metric} `) || line.startsWith(`${metric}{`))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' '))), 0) / unit
}

const mebibyte = 2 ** 20
const tenth = (before: number) => before / 10
const few = () => 2
const seriesOfStatus = 16
/** A route may return a status for the first time, such as the 503 of a busy moment; whoever adds series adds thousands. */
const someStatuses = () => 3 * seriesOfStatus
const any = () => Infinity

/**
 * A tenth of the heap is some 30 bytes for each request of an hour: whatever is kept of each is more. A file of the
 * database is to grow, by keys of requests, which are kept for a day, and by what became of imports, for a week.
 */
const figures: readonly Figure[] = [
  {
    title: 'resident MiB',
    read: sum('process_resident_memory_bytes', mebibyte),
    allowed: tenth,
  },
  { title: 'heap MiB', read: sum('nodejs_heap_size_used_bytes', mebibyte), allowed: tenth },
  { title: 'descriptors', read: sum('process_open_fds'), allowed: few },
  { title: 'handles', read: sum('nodejs_active_handles'), allowed: few },
  { title: 'metric series', read: series => series.length, allowed: someStatuses },
  {
    title: 'database MiB',
    read: sum('restwell_store_size_bytes', mebibyte),
    allowed: any,
  },
  {
    title: 'log of SQLite MiB',
    read: sum('restwell_store_log_bytes', mebibyte),
    allowed: any,
  },
]

/** One number for each figure. */
export type Sample = readonly number[]

export function toSample(text: string): Sample {
  const series = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  return figures.map(({ read }) => read(series))
}

/** In seconds, the processor time of the process so far. */
export function processorTime(text: string): number {
  return sum('process_cpu_seconds_total')(text.split('\n'))
}

/** What was never undercut: the heap after a collection, the descriptors without those of the moment. */
export function lowest(samples: readonly Sample[]): Sample {
  return figures.map((_, at) => Math.min(...samples.map(sample => sample[at] ?? Number.NaN)))
}

export interface Judged {
  readonly title: string
  readonly growth: number
  readonly isFlat: boolean
}

/**
 * The lowest of the last third beside that of the first, from the end of the warm-up: what is kept for good is in each of them, and
 * an old generation is collected once in some minutes. `isShort`: memory is still being filled for the first time, and may double.
 */
export function judge(samples: readonly Sample[], isShort: boolean): readonly Judged[] {
  const third = Math.floor(samples.length / 3)
  const [first, last] = [lowest(samples.slice(0, third)), lowest(samples.slice(-third))]
  return figures.map(({ title, allowed }, at) => {
    const [before = Number.NaN, after = Number.NaN] = [first[at], last[at]]
    const growth = after - before
    return { title, growth, isFlat: growth <= allowed(before) * (isShort ? 10 : 1) }
  })
}

const number = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 1 })

/** The samples of these moments, and the growth. */
export function toText(
  moments: readonly (readonly [title: string, sample: Sample])[],
  judged: readonly Judged[],
): string {
  const head = ['', ...moments.map(([title]) => title), 'growth']
  const rows = judged.map(({ title, growth }, at) => [
    title,
    ...moments.map(([, sample]) => number(sample[at] ?? Number.NaN)),
    number(growth),
  ])
  // A server of PostgreSQL has a file and a log of its own.
  return toTable(
    head,
    rows.filter(cells => cells.slice(1).some(cell => cell !== '0')),
  )
}
