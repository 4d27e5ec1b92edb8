// The words of a table in an index of PostgreSQL (documentation, chapter 12). It is an index on a function, so it is true whoever
// writes, and is made while others write.

import { nameOf } from '../column.ts'
import type { SearchedColumn, SearchSql, SearchTest } from '../search-sql.ts'
import { quote } from '../store.ts'

/**
 * Letters and digits are words, in small letters, Latin ones without accents. A collation of ICU's own knows the letters of every
 * language, whatever the database has. The parser of PostgreSQL is left out: to it `a/b` is a path, and `4e9a` two words.
 * Words longer than 255 characters are cut in pieces, because a lexeme of more than 2 KiB would be stored wrongly. The cost is
 * what it takes beside other functions, so that the planner does not take it for free.
 */
const makeFunction = String.raw`create or replace function "_words"(value text) returns tsvector
language plpgsql immutable strict parallel safe cost 300 as $$
declare folded text collate "und-x-icu" := lower(value collate "und-x-icu");
begin
  if octet_length(folded) <> length(folded) then
    folded := regexp_replace(normalize(folded, NFD), '([a-z])[\u0300-\u036f]+', '\1', 'g');
    folded := translate(normalize(folded, NFC), 'ς', 'σ');
  end if;
  if octet_length(folded) > 255 then
    folded := regexp_replace(folded, '([[:alnum:]]{255})', '\1 ', 'g');
  end if;
  return array_to_tsvector(string_to_array(trim(regexp_replace(folded, '[^[:alnum:]]+', ' ', 'g')), ' '));
end $$`

export const postgresSearch: SearchSql = {
  index: ({ table, columns }) => {
    const definition = `on ${quote(table)} using gin (${wordsIn(columns)})`
    const name = nameOf(`${table}_search`, `${makeFunction} ${definition}`, 'idx')
    return { name, statements: [makeFunction, `create index ${quote(name)} ${definition}`] }
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

function wordsIn(columns: readonly SearchedColumn[]): string {
  return `"_words"(${columns.map(textOf).join(` || ' ' || `)})`
}

function textOf({ name, nullable, length }: SearchedColumn): string {
  const value = length === undefined ? quote(name) : `left(${quote(name)}, ${length})`
  return nullable ? `coalesce(${value}, '')` : value
}
