// SQLite's SQL, where it differs from PostgreSQL's.

import type { SqlValue } from '../../resource/row.ts'
import { type Bind, type Conversions, type Dialect, literal, quote } from '../store.ts'
import { sqliteSearch } from './search.ts'
import { timedSql } from './timed-sql.ts'

// A strict table converts between numbers and texts where nothing is lost, and refuses the rest.
const asItIs = (column: string) => column
const asText = (column: string) => `cast(${column} as text)`
const asWord = (column: string) => `case ${column} when 1 then 'true' when 0 then 'false' end`
const asList = (column: string) => `iif(${column} is null, null, json_array(${column}))`

const conversions: Conversions = {
  'integer to string': asText,
  'number to string': column => `number_text(${column})`,
  'boolean to string': asWord,
  'json to string': column =>
    `iif(json_type(${column}) = 'array' and json_array_length(${column}) = 1 and json_type(${column}, '$[0]') = 'text', ` +
    `json_extract(${column}, '$[0]'), ${column})`,
  'string to integer': asItIs,
  'string to number': asItIs,
  'string to boolean': column =>
    `case ${column} when 'true' then 1 when 'false' then 0 else ${column} end`,
  'integer to number': asItIs,
  'number to integer': asItIs,
  'boolean to number': asItIs,
  'number to boolean': asItIs,
  'string to json': asList,
  'integer to json': asList,
  'number to json': asList,
  'boolean to json': column => `iif(${column} is null, null, json_array(json(${asWord(column)})))`,
}

/** Statements are kept by their text, so the last value is repeated up to the next power of two. */
function oneOf(column: string, values: readonly SqlValue[], bind: Bind): string {
  const count = 2 ** Math.ceil(Math.log2(values.length))
  const padded = Array.from({ length: count }, (_, index) => values[index] ?? values.at(-1) ?? null)
  return `${column} in (${padded.map(bind).join(', ')})`
}

export const sqliteDialect: Dialect = {
  name: 'sqlite',
  placeholder: n => `?${n}`,
  nextRevision: 'next_revision()',
  secondsAgo: seconds => `strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-' || ${seconds} || ' seconds')`,
  randomUuid:
    "lower(printf('%s-%s-4%s-%s%s-%s', hex(randomblob(4)), hex(randomblob(2)), substr(hex(randomblob(2)), 2), " +
    "substr('89AB', abs(random() % 4) + 1, 1), substr(hex(randomblob(2)), 2), hex(randomblob(6))))",
  // A write transaction has the database to itself from its start.
  forUpdate: '',
  forShare: '',
  columnTypes: {
    string: 'text',
    integer: 'integer',
    number: 'real',
    boolean: 'integer',
    json: 'text',
    decimal: 'integer',
    keys: 'text',
    password: 'text',
  },
  booleanLiteral: value => String(Number(value)),
  serverMadeKey: 'integer primary key autoincrement',
  addIdentity: () => [],
  beforeProposedKey: () => [],
  tableOptions: 'strict',
  // The driver reads row by row, and stops by itself.
  fitting: select => select,
  indexTerm: column => column,
  oneOf,
  includes: (column, values, bind) =>
    `exists (select 1 from json_each(${column}) as "item" where ${oneOf('"item"."value"', values, bind)})`,
  inTime: 'in_time()',
  timedSql,
  contains: (haystack, needle, inCapitals) => {
    // SQLite's own upper() knows the letters of ASCII alone.
    const term = (text: string) => (inCapitals ? `unicode_upper(${text})` : text)
    return `instr(${term(haystack)}, ${term(needle)}) > 0`
  },
  search: sqliteSearch,
  // Integers that would add up to more than 2^63 are an error, but what they are multiplied to becomes a real.
  sumOf: column => `cast(sum(${column} >> 20) * 1048576 + sum(${column} & 1048575) as real)`,
  weekOf: date => `date(${date}, '-6 days', 'weekday 1')`,
  listOf: (column, from) => `(select json_group_array(${column}) from (select ${column} ${from}))`,
  inOrder: (keys, _, bind) =>
    `(select "value" as "_key", "key" as "_of" from json_each(${bind(JSON.stringify(keys))}))`,
  // A cross join is done in this order.
  joinEach: (table, key, select) => `cross join ${table} on ${table}.${key} in (${select})`,
  rowToJson: (_, columns) =>
    `json_object(${columns.map(({ name }) => `${literal(name)}, ${quote(name)}`).join(', ')})`,
  columnChecks: {
    boolean: column => `${column} in (0, 1)`,
    json: column => `json_valid(${column})`,
  },
  conversions,
  // A write transaction has the database to itself from its start.
  beforeMigration: [],
  beforeFirstMigration: [],
  // Only the text of the table has the names of constraints, each between `constraint "` and the next quote.
  catalog: `
    select t.name, 'column', c.name, json_object(
      'type', lower(c.type), 'nullable', json(iif(c."notnull", 'false', 'true')), 'default', c.dflt_value,
      'identity', json(iif(c.pk and instr(lower(t.sql), 'primary key autoincrement'), 'true', 'false')))
    from sqlite_schema t join pragma_table_info(t.name) c where t.type = 'table'
    union all
    select t.name, 'key', c.name, json_object('position', c.pk, 'constraint', null)
    from sqlite_schema t join pragma_table_info(t.name) c where t.type = 'table' and c.pk
    union all
    select t.name, 'constraint', substr(part.value, 1, instr(part.value, '"') - 1),
      json_quote(substr(part.value, instr(part.value, '"') + 1))
    from sqlite_schema t join json_each('[' || replace(json_quote(t.sql), ' constraint \\"', '","') || ']') part
    where t.type = 'table' and part.key > 0
    union all
    select t.name, 'reference', f."from", json_object('target', f."table", 'name', null,
      'follows', json(iif(f.on_delete in ('CASCADE', 'SET NULL', 'SET DEFAULT'), 'true', 'false')))
    from sqlite_schema t join pragma_foreign_key_list(t.name) f where t.type = 'table'
    union all
    select i.tbl_name, 'index', i.name, json_object('unique', json(iif(l."unique", 'true', 'false')), 'sql', i.sql,
      'columns', (select json_group_array(c.name) from pragma_index_info(i.name) c where c.name is not null))
    from sqlite_schema i join pragma_index_list(i.tbl_name) l on l.name = i.name
    where i.type = 'index' and i.sql is not null
    union all
    select tbl_name, 'trigger', name, json_object('sql', sql) from sqlite_schema where type = 'trigger'`,
  altersTables: false,
  triesChanges: true,
}
