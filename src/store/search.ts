// The search for words in a table, as SQL for both databases: its index, its condition, and the place of a row among those found.

import type { Search, SearchCondition } from '../query/search.ts'
import { columnOf, type Field } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import type { Searched, SearchedColumn, SearchTest } from './search-sql.ts'
import { type Bind, type Dialect, quote } from './store.ts'

interface Writing {
  readonly dialect: Dialect
  readonly model: Model
  readonly bind: Bind
}

/** How many characters of a row are searched: PostgreSQL holds the words of a row in 1 MiB, and a character has up to four bytes. */
export const maxSearched = 250_000

/** The columns of a model that are searched; undefined where there are none. */
export function searchedOf({ table, searched }: Model): Searched | undefined {
  if (searched.length === 0) return undefined
  const most = Math.floor(maxSearched / searched.length)
  return { table, columns: searched.map(field => toColumn(field, most)) }
}

function toColumn(field: Field, most: number): SearchedColumn {
  const length =
    Number(field.schema.maxLength ?? Number.POSITIVE_INFINITY) > most ? most : undefined
  return { name: columnOf(field), nullable: field.nullable, length }
}

export function searchToSql({ search }: SearchCondition, writing: Writing): string {
  return testOf(search, search.fields, writing)
}

/** Selects the rows that have the words, whoever sees them, where the database does not know how many they are. */
export function foundToSql(search: Search, { dialect, model, bind }: Writing): string | undefined {
  return dialect.search.found?.(...testing(search, search.fields, model), bind)
}

function testOf(
  search: Search,
  fields: readonly Field[],
  { dialect, model, bind }: Writing,
): string {
  return dialect.search.test(...testing(search, fields, model), bind)
}

function testing(
  { words, share }: Search,
  fields: readonly Field[],
  model: Model,
): readonly [Searched, SearchTest] {
  const searched = searchedOf(model) as Searched
  const names = fields.map(columnOf)
  const among = searched.columns.filter(({ name }) => names.includes(name))
  return [searched, { among, words, share }]
}

/** Above the length of all texts of a row. */
const level = 10_000_000

/**
 * The place of a row that is found: before all others are those that have the words in the first field, then those that have
 * them in the first two, and so on; among these, the one with the shorter text. It depends on the row alone, so that cursors hold.
 */
export function rankTerm(search: Search, writing: Writing): string {
  const { fields } = search
  const places = fields.map((_, index) => {
    const first = fields.slice(0, index + 1)
    return { first, place: [index * level, ...first.map(lengthOf)].join(' + ') }
  })
  const last = places.at(-1)?.place ?? '0'
  const cases = places
    .slice(0, -1)
    .map(({ first, place }) => `when ${testOf(search, first, writing)} then ${place}`)
  const place = cases.length === 0 ? last : `case ${cases.join(' ')} else ${last} end`
  return `cast(${place} as ${writing.dialect.columnTypes.integer})`
}

function lengthOf(field: Field): string {
  const length = `length(${quote(columnOf(field))})`
  return field.nullable ? `coalesce(${length}, 0)` : length
}
