// SQLite's SQL, where it differs.

import type { Dialect } from '../store.ts'

export const sqliteDialect: Dialect = {
  name: 'sqlite',
  placeholder: n => `?${n}`,
  nextRevision: 'next_revision()',
  // A write transaction is alone from its start.
  forUpdate: '',
  columnTypes: { string: 'text', integer: 'integer', number: 'real', boolean: 'integer', json: 'text' },
  booleanLiteral: value => String(Number(value)),
  serverMadeKey: () => 'integer primary key autoincrement',
  beforeProposedKey: () => [],
  tableOptions: 'strict',
  indexTerm: column => column,
  contains: (haystack, needle) => `instr(${haystack}, ${needle}) > 0`,
  kindCheck: (kind, column) => {
    if (kind === 'boolean') return `${column} in (0, 1)`
    return kind === 'json' ? `json_valid(${column})` : undefined
  },
  // A write transaction is alone from its start.
  beforeMigration: [],
}
