// PostgreSQL's own errors, provoked one by one, and what callers are told (PostgreSQL documentation, appendix A).

import t from 'tap'
import { openEmptyPostgres, runAll } from '../../support/postgres.ts'

const tables = [
  'create table books (id bigint primary key, "isbnNo" text unique, year bigint not null check (year > 0))',
  'create table loans (book bigint references books, guest text, "dueDay" text, unique (guest, "dueDay"))',
  `insert into books values (1, 'a', 1), (2, 'b', 1)`,
  `insert into loans values (1, 'Ada', 'monday')`,
]

const raise = (state: string) =>
  `do $$ begin raise exception 'raised' using errcode = '${state}'; end $$`

const cases: [text: string, code: string, columns: string[]][] = [
  [`insert into books values (3, 'a', 1)`, 'unique', ['isbnNo']],
  [`insert into books values (1, 'c', 1)`, 'unique', ['id']],
  [`insert into loans values (1, 'Ada', 'monday')`, 'unique', ['guest', 'dueDay']],
  [`insert into loans values (9, 'Bob', 'monday')`, 'reference', []],
  ['delete from books where id = 1', 'reference', []],
  [`insert into books values (3, 'c', 0)`, 'value', []],
  [`insert into books values (3, 'c', null)`, 'fault', []],
  [`insert into books values ('x', 'c', 1)`, 'fault', []],
  ['insert into books values (9223372036854775808)', 'fault', []],
  ['selec', 'fault', []],
  ['select * from nowhere', 'fault', []],
  ['select 1/0', 'fault', []],
  [raise('54000'), 'tooLarge', []],
  [raise('40001'), 'busy', []],
  [raise('40P01'), 'busy', []],
  [raise('55P03'), 'busy', []],
  [raise('57014'), 'slow', []],
  [raise('53300'), 'busy', []],
  [raise('53100'), 'full', []],
  [raise('25006'), 'unavailable', []],
  [raise('58030'), 'unavailable', []],
  [raise('XX001'), 'damaged', []],
  [raise('XX000'), 'fault', []],
]

t.test('each error is told by its code, with the columns that must be unique', async t => {
  const store = await openEmptyPostgres(t)
  await runAll(store, ...tables)
  for (const [text, code, columns] of cases) {
    await t.rejects(
      store.query({ text, values: [] }),
      { name: 'Error', code, columns },
      `${text}, alone`,
    )
    await t.rejects(runAll(store, text), { code, columns }, `${text}, in a work`)
  }
  t.strictSame(await store.query({ text: 'select count(*) from books', values: [] }), [[2]])
})

t.test('columns are told by their names, whatever the names and the values', async t => {
  const store = await openEmptyPostgres(t)
  await runAll(store, 'create table "odd names" ("user id" text, "a" text, unique ("user id", a))')
  const insert = { text: `insert into "odd names" values ('x)=(y', ', z')`, values: [] }
  await store.query(insert)
  await t.rejects(store.query(insert), { code: 'unique', columns: ['user id', 'a'] })
})
