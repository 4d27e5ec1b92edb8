// The order of what a search finds: the best rows first where they are few, else the order of the keys.

import { type ListQuery, ranked } from '../query/query.ts'
import { maxRanked, type Search } from '../query/search.ts'
import { selectCountUpTo, selectFoundUpTo } from '../store/select.ts'
import type { Table } from '../store/table.ts'
import type { Engine } from './engine.ts'

/** `isWhole`: whether all rows are read, and not a page of them. */
export async function inBestOrder(
  engine: Engine,
  table: Table,
  query: ListQuery,
  { isWhole }: { readonly isWhole: boolean },
): Promise<ListQuery> {
  if (query.search === undefined) return query
  const weighed = isWhole ? query : await weigh(engine, table, { ...query, search: query.search })
  if (query.mayBeRanked !== true) return weighed
  const [row] = await engine.store.query(selectCountUpTo(table, weighed.filters, maxRanked + 1))
  return Number(row?.[0]) > maxRanked ? weighed : ranked(table.model, weighed)
}

/** From how many rows on the next one is found sooner by looking at one after the other than by a set of all. */
const common = 50_000

/** Says of a search whether its words are common, where its page ends with the first rows that have them. */
async function weigh(
  { store }: Engine,
  table: Table,
  query: ListQuery & { readonly search: Search },
): Promise<ListQuery> {
  const isByKey = query.sort.every(({ field, search }) => search || field === table.model.key)
  const isWhole = query.search.words.every(({ isPrefix }) => !isPrefix)
  const size = isByKey && isWhole ? selectFoundUpTo(table, query.search, common) : undefined
  if (size === undefined) return query
  const [row] = await store.query(size)
  if (Number(row?.[0]) < common) return query
  const search = { ...query.search, isCommon: true }
  return {
    ...query,
    search,
    filters: query.filters.map(filter => ('search' in filter ? { search } : filter)),
    sort: query.sort.map(key => (key.search === undefined ? key : { ...key, search })),
  }
}
