// The statement that reads figures of a list: one row a group.

import { type Figure, type GroupKey, sumScale } from '../query/figures.ts'
import type { SummaryQuery } from '../query/summary.ts'
import { conditionsOf } from './condition.ts'
import { binder } from './select.ts'
import { type Dialect, quote, type Statement } from './store.ts'
import { notDeleted, type Table, valueTerm, where } from './table.ts'

/** Selects the groups in their order: what they are grouped by, then their figures. Without a `limit`, all of them. */
export function selectSummary(
  { dialect, model }: Table,
  { filters, groups, figures }: SummaryQuery,
  limit?: number,
): Statement {
  const { values, bind } = binder(dialect)
  const terms = [
    ...groups.map(group => groupTerm(group, valueTerm(model, group.field), dialect)),
    ...figures.map(({ figure, field }) =>
      field === undefined
        ? 'count(*)'
        : figureTerms[figure](valueTerm(model, field), field, dialect),
    ),
  ]
  const conditions = [
    ...(dialect.inTime === undefined ? [] : [dialect.inTime]),
    ...notDeleted(model),
    ...conditionsOf(filters, { dialect, model, bind }),
  ]
  const places = groups.map((_, index) => index + 1)
  const grouped =
    places.length === 0
      ? ''
      : ` group by ${places.join(', ')} order by ${places.map(place => `${place} nulls first`).join(', ')}`
  const text =
    `select ${terms.join(', ')} from ${quote(model.table)}${where(conditions)}${grouped}` +
    (limit === undefined ? '' : ` limit ${bind(limit)}`)
  return { text, values, ...(dialect.inTime === undefined ? {} : { timed: true }) }
}

/** Date-times are stored in UTC, as texts that begin with the date. */
function groupTerm({ period }: GroupKey, term: string, { weekOf }: Dialect): string {
  if (period === undefined) return term
  if (period === 'month') return `substr(${term}, 1, 7)`
  const day = `substr(${term}, 1, 10)`
  return period === 'week' ? weekOf(day) : day
}

type FigureTerm = (term: string, field: NonNullable<Figure['field']>, dialect: Dialect) => string

/** Numbers are added up as a small part of themselves, so that no sum is too large for the database. */
const sum: FigureTerm = (term, { schema }, { sumOf }) =>
  schema.type === 'number' ? `sum(${term} * ${sumScale})` : sumOf(term)

const figureTerms: Readonly<Record<Figure['figure'], FigureTerm>> = {
  count: () => 'count(*)',
  sum,
  avg: (term, field, dialect) => `${sum(term, field, dialect)} / count(${term})`,
  min: term => `min(${term})`,
  max: term => `max(${term})`,
}
