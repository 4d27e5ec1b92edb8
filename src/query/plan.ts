// Which rows a list has, and in which order.

import type { Model } from '../resource/model.ts'
import { listSignature, readCursor } from './cursor.ts'
import { type Condition, conditionKey } from './filter.ts'
import type { Search } from './search.ts'
import { bestFirst, parseSort, type SortKey } from './sort.ts'

export interface Plan {
  readonly filters: readonly Condition[]
  /** The last sort key is the key of the row, so that no two rows are equal. */
  readonly sort: readonly SortKey[]
  readonly signature: string
}

export interface Asked {
  readonly filters: readonly Condition[]
  readonly search: Search | undefined
  readonly names: readonly string[] | undefined
}

/** A cursor says whether its list is ranked. */
export function planOf(model: Model, asked: Asked, cursor: unknown): Plan {
  const plan = toPlan(model, asked)
  const { search, names } = asked
  if (search === undefined || names !== undefined || cursor === undefined) return plan
  const best = rankedPlan(model, plan, search)
  const fields = best.sort.map(({ field }) => field)
  return readCursor(String(cursor), best.signature, fields) === undefined ? plan : best
}

export function toPlan(model: Model, { filters, search, names = [] }: Asked): Plan {
  const sort = parseSort(model, names)
  const conditions = search === undefined ? filters : [...filters, { search }]
  const signature = listSignature([
    model.name,
    sort.map(({ field, descending }) => [field.name, descending]),
    conditions.map(conditionKey),
  ])
  return { filters: conditions, sort, signature }
}

/** The same rows, the best of them first. */
export function rankedPlan(model: Model, plan: Plan, search: Search): Plan {
  // It has cursors of its own, so that a list goes on as it was begun.
  const signature = listSignature(['ranked', plan.signature])
  return { filters: plan.filters, sort: bestFirst(model, search), signature }
}
