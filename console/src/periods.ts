// Filters by a period, such as last month: two filters of the list in one.

import type { Filter } from './filter.ts'
import type { text } from './text.ts'
import { toLocalTime } from './values.ts'

type Period = keyof typeof text.periods

/** In the time zone of the reader: from the first moment on, and before the second. */
export function momentsOf(period: Period, now: Date): readonly [from: Date, to: Date] {
  const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()]
  const moments: Readonly<Record<Period, readonly [Date, Date]>> = {
    today: [new Date(year, month, day), new Date(year, month, day + 1)],
    yesterday: [new Date(year, month, day - 1), new Date(year, month, day)],
    lastDays: [new Date(year, month, day - 6), new Date(year, month, day + 1)],
    thisMonth: [new Date(year, month, 1), new Date(year, month + 1, 1)],
    lastMonth: [new Date(year, month - 1, 1), new Date(year, month, 1)],
    thisYear: [new Date(year, 0, 1), new Date(year + 1, 0, 1)],
    lastYear: [new Date(year - 1, 0, 1), new Date(year, 0, 1)],
  }
  return moments[period]
}

/** The filters, and one by a period for each time that has limits both ways. */
export function withPeriods(filters: readonly Filter[]): readonly Filter[] {
  const names = filters.map(({ parameter }) => parameter)
  const periods = filters
    .filter(({ operator, value }) => operator === 'gte' && value.format.startsWith('date'))
    .filter(({ field }) => names.includes(`${field}_lt`))
    .map(filter => ({ ...filter, parameter: `${filter.field}_within`, operator: 'within' }))
  return [...filters, ...periods]
}

/** The parameters that a period stands for. */
export function periodParameters({ field, value }: Filter, period: string, now: Date) {
  const [from, to] = momentsOf(period as Period, now).map(moment =>
    value.format === 'date' ? toLocalTime(moment.toISOString()).slice(0, 10) : moment.toISOString(),
  )
  return [
    [`${field}_gte`, from],
    [`${field}_lt`, to],
  ] as readonly (readonly [name: string, value: string])[]
}
