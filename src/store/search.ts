// The search for words in a table, as SQL for both databases: its indexes, its condition, and the place of a row among those found.

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

/**
 * The indexes by which a model is searched: of its words as they are written, and where their language is known, of their
 * stems. Beginnings are looked for in what is written: `runni*` begins no stem.
 */
export function searchesOf({ table, searched, searchLanguage }: Model): readonly Searched[] {
  if (searched.length === 0) return []
  const most = Math.floor(maxSearched / searched.length)
  const columns = searched.map(field => toColumn(field, most))
  const written = { table, columns, stems: undefined }
  return searchLanguage === undefined ? [written] : [written, { ...written, stems: searchLanguage }]
}

function toColumn(field: Field, most: number): SearchedColumn {
  const length =
    Number(field.schema.maxLength ?? Number.POSITIVE_INFINITY) > most ? most : undefined
  return { name: columnOf(field), nullable: field.nullable, length }
}

export function searchToSql({ search }: SearchCondition, writing: Writing): string {
  return testOf(search, search.fields, writing)
}

/** Selects the rows that have the words, whoever sees them, where one index has them all and the database does not know how many they are. */
export function foundToSql(search: Search, { dialect, model, bind }: Writing): string | undefined {
  const [one, ...others] = testsOf(search, search.fields, model)
  if (one === undefined || others.length > 0) return undefined
  return dialect.search.found?.(...one, bind)
}

function testOf(
  search: Search,
  fields: readonly Field[],
  { dialect, model, bind }: Writing,
): string {
  return testsOf(search, fields, model)
    .map(test => dialect.search.test(...test, bind))
    .join(' and ')
}

/** What is looked for in each index. */
function testsOf(
  { words, share }: Search,
  fields: readonly Field[],
  model: Model,
): readonly (readonly [Searched, SearchTest])[] {
  const names = fields.map(columnOf)
  const [written, stems] = searchesOf(model)
  const testFor = (searched: Searched | undefined, words: SearchTest['words']) => {
    if (searched === undefined) return []
    const among = searched.columns.filter(({ name }) => names.includes(name))
    return [[searched, { among, words, share }] as const]
  }
  const beginnings = words.filter(({ isPrefix }) => isPrefix)
  const whole = words.filter(({ isPrefix }) => !isPrefix)
  if (stems === undefined || whole.length === 0) return testFor(written, words)
  return [
    ...testFor(stems, whole),
    ...testFor(beginnings.length === 0 ? undefined : written, beginnings),
  ]
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
