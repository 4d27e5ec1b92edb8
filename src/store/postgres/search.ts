// The words of a table in an index of PostgreSQL (documentation, chapter 12). It is an index on a function, so it is true whoever
// writes, and is made while others write.

import { searchIndexName } from '../search-index.ts'
import type { Searched, SearchedColumn, SearchSql, SearchTest } from '../search-sql.ts'
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

/** Porter's algorithm, which FTS5 has too, without the stop words that the languages of PostgreSQL have. */
const makePorter = `do $$ begin
  if not exists (select from pg_ts_dict where dictname = '_porter' and dictnamespace = current_schema()::regnamespace) then
    create text search dictionary "_porter" (template = snowball, language = porter);
  end if;
end $$`

/**
 * The stems of English words, as FTS5 takes them, which departs from Porter's algorithm: words of up to two bytes or of more than
 * 64 stay as they are, any double consonant becomes a single one before `ed` and `ing` (`trekked`), `bli` becomes `ble`
 * and `logi` becomes `log` (`biology`), and in four short words something counts as an ending that is the whole word.
 * Letters beyond ASCII are two consonants each, as their bytes are to FTS5. The dictionary is an argument, because nothing is
 * found by a name where PostgreSQL looks at an index by itself.
 */
const makeEnglish = String.raw`create or replace function "_english"(words tsvector, porter regdictionary) returns tsvector
language plpgsql immutable strict parallel safe cost 300 as $$
declare
  unusual constant text := '[^a-z0-9]|^..?$|^(ies|sses|eeds?)$|([chjkqvwxy0-9](ed|ing)s?|(bl|log)[iy](e?s|(ed|ing)s?)?)$';
  stems text[] := '{}';
  word text;
  head text;
  mask text;
  base text;
  stem text;
begin
  foreach word in array tsvector_to_array(words) loop
    if length(word) <= 64 and word !~ unusual then
      stems := stems || (ts_lexize(porter, word))[1];
      continue;
    end if;
    head := regexp_replace(word, '[a-z0-9]*$', '');
    mask := regexp_replace(head, '[^a-z0-9]', 'qj', 'g');
    base := regexp_replace(mask || substr(word, length(head) + 1),
      '^(?=.*([aeiou]|.y).*(ed|ing)s?$)(.*([chjkqvwxy0-9]))\2(ed|ing)s?$', '\1');
    stem := (ts_lexize(porter, base))[1];
    if stem ~ '([aeiou][^aeiou]|^[^aeiou][^aeiouy]*y[^aeiou]).*(bl|log)i$'
      and stem = regexp_replace(base, '(bl|log)[iy](e?s|(ed|ing)s?)?$', '\1i') then
      stem := (ts_lexize(porter, regexp_replace(left(stem, -1), 'bl$', 'ble')))[1];
    end if;
    stems := stems || case
      when octet_length(word) not between 3 and 64 then word
      when word in ('ies', 'sses') then left(word, -1)
      when word in ('eed', 'eeds') then 'e'
      else head || substr(stem, length(mask) + 1)
    end;
  end loop;
  return array_to_tsvector(stems);
end $$`

export const postgresSearch: SearchSql = {
  index: searched => {
    const { table, stems } = searched
    const functions = stems === undefined ? [makeFunction] : [makeFunction, makePorter, makeEnglish]
    const definition = `on ${quote(table)} using gin (${wordsIn(searched)})`
    const name = searchIndexName(searched, [...functions, definition].join(' '))
    return { name, statements: [...functions, `create index ${quote(name)} ${definition}`] }
  },
  test: (searched, test, bind) => {
    const query = toQuery(searched, test, bind)
    const { among } = test
    const isWhole = among.length === searched.columns.length
    const tested = isWhole ? [searched] : [searched, { ...searched, columns: among }]
    return tested.map(some => `${wordsIn(some)} @@ ${query}`).join(' and ')
  },
}

/** The words consist of letters and digits, so nothing in them is syntax. Without words it matches nothing. */
function toQuery(
  { stems }: Searched,
  { words }: SearchTest,
  bind: (value: string) => string,
): string {
  if (stems === undefined) {
    const all = words.map(({ text, isPrefix }) => `'${text}'${isPrefix ? ':*' : ''}`)
    return `cast(${bind(all.join(' & '))} as tsquery)`
  }
  const text = bind(words.map(({ text }) => text).join(' '))
  return `cast(array_to_string(tsvector_to_array(${stemsOf(`"_words"(${text})`)}), ' & ') as tsquery)`
}

function wordsIn({ columns, stems }: Searched): string {
  const words = `"_words"(${columns.map(textOf).join(` || ' ' || `)})`
  return stems === undefined ? words : stemsOf(words)
}

function stemsOf(words: string): string {
  return `"_english"(${words}, '"_porter"')`
}

function textOf({ name, nullable, length }: SearchedColumn): string {
  const value = length === undefined ? quote(name) : `left(${quote(name)}, ${length})`
  return nullable ? `coalesce(${value}, '')` : value
}
