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
  const { weighed, size } = await weigh(engine, table, { ...query, search: query.search })
  const isRanked = query.mayBeRanked === true && (await isFew(engine, table, { weighed, size }))
  // A set of the rows serves those best that are all read.
  const kept = isWhole && weighed.search?.share === 'many' ? query : weighed
  return isRanked ? ranked(table.model, kept) : kept
}

interface Weighed {
  readonly weighed: ListQuery
  /** How many rows have the words, whoever sees them, where that is known. */
  readonly size: number | undefined
}

async function isFew(
  { store }: Engine,
  table: Table,
  { weighed, size }: Weighed,
): Promise<boolean> {
  const { filters } = weighed
  const isAll = filters.length === 1 && !table.model.keepDeleted
  if (size !== undefined && (isAll || size <= maxRanked)) return size <= maxRanked
  const [row] = await store.query(selectCountUpTo(table, filters, maxRanked + 1))
  return Number(row?.[0]) <= maxRanked
}

/** From how many rows on the next one is found sooner by looking at one after the other than by a set of all. */
const many = 20_000

/** Finds out how many rows have the words, where a database would not know it. */
async function weigh(
  { store }: Engine,
  table: Table,
  query: ListQuery & { readonly search: Search },
): Promise<Weighed> {
  const isWhole = query.search.words.every(({ isPrefix }) => !isPrefix)
  const statement = isWhole ? selectFoundUpTo(table, query.search, many) : undefined
  if (statement === undefined) return { weighed: query, size: undefined }
  const [row] = await store.query(statement)
  const size = Number(row?.[0])
  const isByKey = query.sort.every(({ field, search }) => search || field === table.model.key)
  if (size >= many && !isByKey) return { weighed: query, size }
  const search: Search = { ...query.search, share: size < many ? 'few' : 'many' }
  const weighed = {
    ...query,
    search,
    filters: query.filters.map(filter => ('search' in filter ? { search } : filter)),
    sort: query.sort.map(key => (key.search === undefined ? key : { ...key, search })),
  }
  return { weighed, size }
}
