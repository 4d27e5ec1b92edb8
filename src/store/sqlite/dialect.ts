// SQLite's SQL, where it differs.

import { type Dialect, literal, quote } from '../store.ts'

export const sqliteDialect: Dialect = {
  name: 'sqlite',
  placeholder: n => `?${n}`,
  nextRevision: 'next_revision()',
  secondsAgo: seconds => `strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-' || ${seconds} || ' seconds')`,
  // A write transaction is alone from its start.
  forUpdate: '',
  columnTypes: { string: 'text', integer: 'integer', number: 'real', boolean: 'integer', json: 'text' },
  booleanLiteral: value => String(Number(value)),
  serverMadeKey: 'integer primary key autoincrement',
  beforeProposedKey: () => [],
  tableOptions: 'strict',
  // The driver reads row by row, and stops.
  fitting: select => select,
  indexTerm: column => column,
  // Statements are kept by their text: the last value is repeated up to the next power of two.
  oneOf: (column, values, bind) => {
    const count = 2 ** Math.ceil(Math.log2(values.length))
    const padded = Array.from({ length: count }, (_, index) => values[index] ?? values.at(-1) ?? null)
    return `${column} in (${padded.map(bind).join(', ')})`
  },
  contains: (haystack, needle) => `instr(${haystack}, ${needle}) > 0`,
  rowToJson: (_, columns) => `json_object(${columns.map(({ name }) => `${literal(name)}, ${quote(name)}`).join(', ')})`,
  kindCheck: (kind, column) => {
    if (kind === 'boolean') return `${column} in (0, 1)`
    return kind === 'json' ? `json_valid(${column})` : undefined
  },
  // A write transaction is alone from its start.
  beforeMigration: [],
  beforeFirstMigration: [],
  // Constraints are only in the text of the table: what stands between one `constraint "` and the next quote.
  catalog: `
    select t.name, 'column', c.name, lower(c.type), not c."notnull" from sqlite_schema t join pragma_table_info(t.name) c
    where t.type = 'table'
    union all
    select t.name, 'constraint', substr(part.value, 1, instr(part.value, '"') - 1), null, null
    from sqlite_schema t join json_each('[' || replace(json_quote(t.sql), ' constraint \\"', '","') || ']') part
    where t.type = 'table' and part.key > 0
    union all
    select tbl_name, 'index', name, null, null from sqlite_schema where type = 'index' and sql is not null`,
  altersReferences: false,
}
