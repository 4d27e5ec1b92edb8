// Filters by fields of other rows: they find only what their caller may read there.

import type { Principal } from '../access/access.ts'
import { requireRelated } from '../access/included.ts'
import { askedFilters, type Condition, type FilterParameter } from '../query/filter.ts'
import type { Call } from './call.ts'
import { type Engine, tableOf } from './engine.ts'
import { visibleTo } from './visible.ts'

interface Asked<Query> {
  readonly filters: readonly FilterParameter[]
  readonly asked: Query
}

/** The query, of other rows only by those that the caller sees. Throws a `Problem` for a filter by what it may not read. */
export function throughSeen<Query extends { readonly filters: readonly Condition[] }>(
  engine: Engine,
  { principal, parameters }: Call,
  { filters, asked }: Asked<Query>,
): Query {
  const sought = askedFilters(filters, parameters).flatMap(({ name, field, through }) =>
    through === undefined
      ? []
      : [{ parameter: name, model: through.target, fields: [through.reference, field] }],
  )
  if (sought.length === 0) return asked
  requireRelated(engine.policy, principal, sought)
  return { ...asked, filters: seenIn(engine, principal, asked.filters) }
}

function seenIn(
  engine: Engine,
  principal: Principal,
  conditions: readonly Condition[],
): readonly Condition[] {
  return conditions.map(condition => {
    if ('either' in condition)
      return { either: condition.either.map(all => seenIn(engine, principal, all)) }
    if (!('reference' in condition)) return condition
    const target = tableOf(engine, condition.target.name).model
    const visible = visibleTo(engine, principal, target)
    return { ...condition, fulfils: [...condition.fulfils, ...visible] }
  })
}
