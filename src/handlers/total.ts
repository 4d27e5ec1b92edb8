// The header fields of a list, with the number of its rows for a caller who wants to know.

import type { Operation } from '../operations/operation.ts'
import type { ListQuery } from '../query/query.ts'
import { estimateCount, selectCount } from '../store/select.ts'
import type { Table } from '../store/table.ts'
import { type Call, representationFields } from './call.ts'
import { type Engine, tableOf } from './engine.ts'

export async function listFields(
  engine: Engine,
  operation: Operation,
  call: Call,
  query: ListQuery,
): Promise<Readonly<Record<string, string>>> {
  const { preferences } = call
  if (preferences.count === undefined) return representationFields(operation, call)
  const table = tableOf(engine, operation.model.name)
  const { total, count } = await totalOf(engine, table, { ...query, count: preferences.count })
  const said = { ...call, preferences: { ...preferences, count } }
  return { ...representationFields(operation, said), 'x-total-count': String(total) }
}

type Count = 'exact' | 'estimated'

interface Total {
  readonly total: number
  readonly count: Count
}

/** In rows. What is estimated to be less is counted. */
const smallest = 10_000

async function totalOf(
  { store }: Engine,
  table: Table,
  { filters, count }: Pick<ListQuery, 'filters'> & { readonly count: Count },
): Promise<Total> {
  const estimate = count === 'estimated' ? estimateCount(table, filters) : undefined
  if (estimate !== undefined) {
    const [row] = await store.query(estimate.statement)
    const total = estimate.read(row?.[0] ?? null)
    if (total >= smallest) return { total, count: 'estimated' }
  }
  const [row] = await store.query(selectCount(table, filters))
  return { total: Number(row?.[0]), count: 'exact' }
}
