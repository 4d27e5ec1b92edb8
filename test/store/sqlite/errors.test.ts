// SQLite's own errors, provoked one by one, and what callers are told.

import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { toStoreError } from '../../../src/store/sqlite/errors.ts'
import { StoreError } from '../../../src/store/store.ts'

const tables = `
  create table books (id integer primary key, isbn text unique, year integer not null check (year > 0)) strict;
  create table loans (book integer references books, guest text, day text, unique (guest, day)) strict;
  create table holds (book integer references books on delete restrict) strict;
  create table words (word text primary key) strict, without rowid;
  create table plain (n integer);
  create table names (name text) strict;
  create unique index lowered on names (lower(name));
  create trigger refuse before delete on loans begin select raise(abort, 'no'); end;
  insert into books values (1, 'a', 1), (2, 'b', 1);
  insert into loans values (1, 'Ada', 'monday');
  insert into holds values (2);
  insert into words values ('one');
  insert into plain values (1);
  insert into names values ('Ada');
`

function errorOf(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  throw new Error('no error')
}

const cases: [text: string, code: string, columns: string[]][] = [
  ["insert into books values (3, 'a', 1)", 'unique', ['isbn']],
  ["insert into books values (1, 'c', 1)", 'unique', ['id']],
  ["insert into loans values (1, 'Ada', 'monday')", 'unique', ['guest', 'day']],
  ["insert into words values ('one')", 'unique', ['word']],
  ["insert into names values ('ADA')", 'unique', []],
  ['insert into plain (rowid) values (1)', 'unique', ['rowid']],
  ["insert into loans values (9, 'Bob', 'monday')", 'reference', []],
  ['delete from books where id = 1', 'reference', []],
  ['delete from books where id = 2', 'reference', []],
  ['delete from loans', 'rule', []],
  ["insert into books values (3, 'c', 0)", 'value', []],
  ["insert into books values (3, 'c', null)", 'fault', []],
  ["insert into books values ('x', 'c', 1)", 'fault', []],
  ['selec', 'fault', []],
  ['select * from nowhere', 'fault', []],
]

for (const [text, code, columns] of cases) {
  t.test(`${code}: ${text}`, async t => {
    const db = new DatabaseSync(':memory:')
    db.exec(tables)
    const cause = errorOf(() => db.exec(text))
    const error = toStoreError(cause)
    t.type(error, StoreError)
    t.match(error, {
      code,
      columns,
      cause,
      message: code === 'value' ? String : (cause as Error).message,
    })
  })
}

t.test('busy: another connection writes', async t => {
  const file = `${t.testdir()}/db`
  const [one, other] = [new DatabaseSync(file), new DatabaseSync(file)]
  one.exec('begin immediate')
  t.equal(toStoreError(errorOf(() => other.exec('begin immediate'))).code, 'busy')
})

t.test('unavailable: cannot be opened, cannot be written; damaged: is no database', async t => {
  const folder = t.testdir({ 'no.db': 'This is no database, whatever its name says.'.repeat(100) })
  new DatabaseSync(`${folder}/db`).exec('create table t (n)')
  const calls: [call: () => unknown, code: string][] = [
    [() => new DatabaseSync(`${folder}/nowhere/db`), 'unavailable'],
    [() => new DatabaseSync(`${folder}/no.db`).exec('select * from sqlite_schema'), 'damaged'],
    [
      () => new DatabaseSync(`${folder}/db`, { readOnly: true }).exec('insert into t values (1)'),
      'unavailable',
    ],
  ]
  for (const [call, code] of calls) t.equal(toStoreError(errorOf(call)).code, code)
})

t.test('full: no more pages', async t => {
  const db = new DatabaseSync(':memory:')
  db.exec('create table t (x); pragma max_page_count = 2')
  t.equal(
    toStoreError(errorOf(() => db.exec('insert into t values (zeroblob(10000))'))).code,
    'full',
  )
})

t.test('every family, by its extended codes too', async t => {
  const families: [errcode: number, code: string][] = [
    [5, 'busy'],
    [6, 'busy'],
    [8, 'unavailable'],
    [10, 'unavailable'],
    [11, 'damaged'],
    [13, 'full'],
    [14, 'unavailable'],
    [15, 'unavailable'],
    [26, 'damaged'],
    [7, 'fault'],
    [19, 'fault'],
  ]
  for (const [errcode, code] of families) {
    t.equal(toStoreError(Object.assign(new Error('x'), { errcode })).code, code, `${errcode}`)
    t.equal(
      toStoreError(Object.assign(new Error('x'), { errcode: errcode + 256 * 2 })).code,
      code,
      `${errcode} extended`,
    )
  }
})

t.test('what is no error of SQLite is a fault; a store error stays what it is', async t => {
  t.match(toStoreError(new TypeError('x')), { code: 'fault', message: 'x' })
  t.match(toStoreError('x'), { code: 'fault', message: 'x', cause: 'x' })
  const error = new StoreError('busy', 'x')
  t.equal(toStoreError(error), error)
})
