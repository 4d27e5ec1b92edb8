// The search for words as SQL.

import { Type } from '@sinclair/typebox'
import t from 'tap'
import { listParameters, parseListQuery, ranked } from '../../src/query/query.ts'
import type { Search } from '../../src/query/search.ts'
import { resource } from '../../src/resource/resource.ts'
import { postgresDialect } from '../../src/store/postgres/dialect.ts'
import { maxSearched, searchesOf } from '../../src/store/search.ts'
import { selectCount, selectPage } from '../../src/store/select.ts'
import { sqliteDialect } from '../../src/store/sqlite/dialect.ts'
import { modelToTable } from '../../src/store/table.ts'
import { modelOf, withoutDigests } from '../support/model.ts'

const long = (maxLength: number) => Type.String({ maxLength })
const books = modelOf(
  resource('books', Type.Object({ title: long(100), author: Type.Optional(long(100)) }), {
    description: 'Books',
    search: ['title', 'author'],
  }),
)

t.test('a page of a search that is ranked', async t => {
  const query = parseListQuery(books, listParameters(books), { q: `Python's b*`, fields: ['id'] })
  const textOf = (dialect: typeof sqliteDialect) => {
    const { text, values } = selectPage(modelToTable(dialect, books), ranked(books, query))
    return { text: withoutDigests(text), values }
  }
  const found = (n: number) =>
    `"books"._rowid_ in (select "rowid" from "books_search_idx" where in_time() and "books_search_idx" match ?${n})`
  const place =
    `cast(case when ${found(1)} then 0 + length("title") ` +
    `else 10000000 + length("title") + coalesce(length("author"), 0) end as integer)`
  t.strictSame(textOf(sqliteDialect), {
    text:
      `select "id", ${place} as "_rank" from "books" where in_time() and ${found(2)} ` +
      `order by ${place} asc, "id" asc limit ?3`,
    values: ['{t0} : ("python" AND "s" AND "b"*)', '"python" AND "s" AND "b"*', 21],
  })
  const asked = `'python' & 's' & 'b':*`
  t.strictSame(textOf(postgresDialect).values, [asked, asked, 21])
  t.match(
    textOf(postgresDialect).text,
    `where "_words"("title" || ' ' || coalesce("author", '')) @@ cast($2 as tsquery) order by `,
  )
})

t.test('on SQLite, how many rows have the words says how they are found', async t => {
  const query = parseListQuery(books, listParameters(books), { q: 'python' })
  const textOf = (share: 'few' | 'many') => {
    const filters = [{ search: { ...(query.search as Search), share } }]
    return withoutDigests(selectCount(modelToTable(sqliteDialect, books), filters).text)
  }
  const found = 'select "rowid" from "books_search_idx" where "books_search_idx" match ?1'
  const start = 'select count(*) from "books" where in_time() and '
  t.equal(textOf('few'), `${start}"books"._rowid_ in (${found})`)
  t.equal(textOf('many'), `${start}exists (${found} and "rowid" = "books"._rowid_)`)
})

const english = modelOf(
  resource('books', Type.Object({ title: long(100), author: Type.Optional(long(100)) }), {
    description: 'Books',
    search: { fields: ['title', 'author'], language: 'english' },
  }),
)

t.test(
  'with a language, stems have an index of their own, and beginnings are looked for as written',
  async t => {
    const query = parseListQuery(english, listParameters(english), { q: 'running dog* cats' })
    const textOf = (dialect: typeof sqliteDialect) => {
      const { text, values } = selectCount(modelToTable(dialect, english), query.filters)
      return { text: withoutDigests(text), values }
    }
    const found = (index: string, n: number) =>
      `"books"._rowid_ in (select "rowid" from "books_${index}_idx" where in_time() and "books_${index}_idx" match ?${n})`
    t.strictSame(textOf(sqliteDialect), {
      text: `select count(*) from "books" where in_time() and ${found('stems', 1)} and ${found('search', 2)}`,
      values: ['"running" AND "cats"', '"dog"*'],
    })
    const texts = `"title" || ' ' || coalesce("author", '')`
    t.strictSame(textOf(postgresDialect), {
      text:
        `select count(*) from "books" where ` +
        `"_english"("_words"(${texts}), '"_porter"') @@ ` +
        `cast(array_to_string(tsvector_to_array("_english"("_words"($1), '"_porter"')), ' & ') as tsquery) and ` +
        `"_words"(${texts}) @@ cast($2 as tsquery)`,
      values: ['running cats', `'dog':*`],
    })
  },
)

t.test('a search by short beginnings, or by many of them, is known to take long', async t => {
  const isLong = (q: string) => {
    const query = parseListQuery(books, listParameters(books), { q })
    return selectPage(modelToTable(sqliteDialect, books), query).isLong === true
  }
  for (const q of ['ab*', 'a* basics', 'abc* bcd* cde*']) t.ok(isLong(q), q)
  for (const q of ['ab', 'abc*', 'abc* bcd* c']) t.notOk(isLong(q), q)
})

t.test('long texts share what is searched of a row', async t => {
  const fields = { a: long(300_000), b: long(maxSearched / 2), c: long(10) }
  const options = { description: 'A', search: ['a', 'b'] as const }
  t.strictSame(searchesOf(modelOf(resource('things', Type.Object(fields), options))), [
    {
      table: 'things',
      columns: [
        { name: 'a', nullable: false, length: maxSearched / 2 },
        { name: 'b', nullable: false, length: undefined },
      ],
      stems: undefined,
    },
  ])
})
