// The words of a table in an index of PostgreSQL (documentation, chapter 12). It is an index on an expression, so it is true
// whoever writes, and is made while others write. The parser of PostgreSQL is left out: to it `a/b` is a path, and `-1` a number.

import { nameOf } from '../column.ts'
import type { SearchedColumn, SearchSql, SearchTest } from '../search-sql.ts'
import { quote } from '../store.ts'

/** One of ICU's own, whatever the collation of the database: it knows the letters of every language. */
const collation = 'collate "und-x-icu"'

export const postgresSearch: SearchSql = {
  index: ({ table, columns }) => {
    const definition = `on ${quote(table)} using gin ((${wordsIn(columns)}))`
    const name = nameOf(`${table}_search`, definition, 'idx')
    return { name, statements: [`create index ${quote(name)} ${definition}`] }
  },
  test: ({ columns }, test, bind) => {
    const query = `cast(${bind(toQuery(test))} as tsquery)`
    const { among } = test
    const tested = among.length === columns.length ? [columns] : [columns, among]
    return tested.map(some => `${wordsIn(some)} @@ ${query}`).join(' and ')
  },
}

/** The words consist of letters and digits, so nothing in them is syntax. Without words it matches nothing. */
function toQuery({ words }: SearchTest): string {
  return words.map(({ text, isPrefix }) => `'${text}'${isPrefix ? ':*' : ''}`).join(' & ')
}

/** The words of the columns as a `tsvector`: in small letters, Latin ones without accents. One of more than 255 characters is cut in pieces. */
function wordsIn(columns: readonly SearchedColumn[]): string {
  const text = `(${columns.map(textOf).join(` || ' ' || `)}) ${collation}`
  const bare = `regexp_replace(normalize(lower(${text}), NFD), '([a-z])[\\u0300-\\u036f]+', '\\1', 'g')`
  const folded = `translate(normalize(${bare}, NFC), 'ς', 'σ')`
  const spaced = `regexp_replace(${folded}, '([[:alnum:]]{255})|[^[:alnum:]]+', '\\1 ', 'g')`
  return `array_to_tsvector(string_to_array(trim(${spaced}), ' '))`
}

function textOf({ name, nullable, length }: SearchedColumn): string {
  const value = length === undefined ? quote(name) : `left(${quote(name)}, ${length})`
  return nullable ? `coalesce(${value}, '')` : value
}
