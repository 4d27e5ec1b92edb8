// SQLite's SQL, where it differs.

import type { Dialect } from '../store.ts'

export const sqliteDialect: Dialect = {
  name: 'sqlite',
  placeholder: n => `?${n}`,
  nextRevision: 'next_revision()',
  // A write transaction is alone from its start.
  forUpdate: '',
  columnTypes: { string: 'text', integer: 'integer', number: 'real', boolean: 'integer', json: 'text' },
  serverMadeKey: 'integer primary key autoincrement',
  tableOptions: 'strict',
  contains: (haystack, needle) => `instr(${haystack}, ${needle}) > 0`,
  kindCheck: (kind, column) => {
    if (kind === 'boolean') return `${column} in (0, 1)`
    return kind === 'json' ? `json_valid(${column})` : undefined
  },
}
