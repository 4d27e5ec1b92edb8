// What a definition cannot say is said by numbered SQL files: rename, convert, drop. Each is run once and never changed.

import { Type } from '@sinclair/typebox'
import { define } from '../../support/definitions.ts'
import { Database } from '../../support/migrations.ts'
import { onEveryDatabase } from '../../support/service.ts'

const title = Type.String({ minLength: 1, maxLength: 50 })
const year = Type.Optional(Type.Integer({ minimum: 0 }))
const books = define('books', { title, year }, { unique: ['title'], index: ['year'] })

const rename = {
  name: '0001-rename-title.sql',
  text: 'alter table "books" rename column "title" to "name";\n',
}
const renamed = define('books', { name: title, year }, { unique: ['name'], index: ['year'] })

onEveryDatabase('a field is renamed, with its limits and its index', async (t, url) => {
  const database = new Database(t, url)
  await database.start(books)
  await database.insert(books, null, 'One', 2001)

  const waiting = await database.refusal({ defined: [renamed], files: [rename] })
  t.match(
    waiting,
    /^ {2}migrations\/\w+\/0001-rename-title\.sql is to be run: run the command 'migrate'$/m,
  )

  const { statements } = await database.to({ defined: [renamed], files: [rename], extent: 'full' })
  t.match(
    statements[0],
    /^-- 0001-rename-title\.sql\nalter table "books" rename column "title" to "name";$/,
  )
  t.strictSame(await database.rows('id, name, year'), [[1, 'One', 2001]])
  await t.rejects(database.insert(renamed, null, 'One', null), {
    code: 'unique',
    columns: ['name'],
  })
  await t.rejects(database.insert(renamed, null, '', null), { message: /CHECK|check/ })

  t.match(await database.to({ defined: [renamed], files: [rename] }), {
    statements: [],
    outdated: false,
  })
  t.match(
    await database.refusal({ defined: [books], files: [rename] }),
    /brought to a stricter definition by 'migrate'/,
  )
})

onEveryDatabase('a field is converted', async (t, url) => {
  const database = new Database(t, url)
  await database.start(books)
  for (const [index, number] of [2001, null].entries())
    await database.insert(books, null, `Book ${index}`, number)
  const { columnTypes } = database.store.dialect
  const convert = {
    name: '0001-year-as-text.sql',
    text: `
      alter table "books" add column "year_text" ${columnTypes.string};
      update "books" set "year_text" = cast("year" as text) || ' AD';
      alter table "books" drop column "year";
      alter table "books" rename column "year_text" to "year";`,
  }
  const converted = define(
    'books',
    { title, year: Type.Optional(title) },
    { unique: ['title'], index: ['year'] },
  )
  await database.to({ defined: [converted], files: [convert], extent: 'full' })
  t.strictSame(await database.rows('title, year'), [
    ['Book 0', '2001 AD'],
    ['Book 1', null],
  ])
  // Connections keep the types of their prepared statements.
  await t.rejects(new Database(t, url).insert(converted, null, 'Three', ''), {
    message: /CHECK|check/,
  })
  t.strictSame((await database.to({ defined: [converted], files: [convert] })).statements, [])
})

onEveryDatabase('a field is dropped, a required one is added and filled', async (t, url) => {
  const database = new Database(t, url)
  const plain = define('books', { title, year }, { unique: [['title', 'year']] })
  await database.start(define('books', { title, year: Type.Optional(Type.Integer()) }))
  await database.migrate(plain)
  await database.insert(plain, null, 'One', 2001)
  const { columnTypes } = database.store.dialect
  const files = [
    { name: '0001-drop-year.sql', text: 'alter table books drop year' },
    {
      name: '0002-add-shelf.sql',
      text: `alter table "books" add column "shelf" ${columnTypes.string}; update "books" set "shelf" = 'North'`,
    },
  ]
  const later = define('books', { title, shelf: title })
  const { statements } = await database.to({ defined: [later], files, extent: 'full' })
  t.match(statements.slice(0, 2), [/^-- 0001/, /^-- 0002/])
  for (const what of [/alter column "shelf" set not null/, /add constraint "shelf_\w+_check"/])
    t.ok(statements.some(statement => what.test(statement)))
  t.strictSame(await database.rows('title, shelf'), [['One', 'North']])
  await t.rejects(database.insert(later, null, 'Two', null), { message: /NOT NULL|not-null/ })
})

onEveryDatabase('a table is dropped, another renamed', async (t, url) => {
  const database = new Database(t, url)
  await database.start(books, define('users', { name: title }))
  await database.insert(books, null, 'One', 2001)
  const file = {
    name: '0001-novels.sql',
    text: 'alter table "books" rename to "novels"; drop table "users"',
  }
  const novels = define('novels', { title, year }, { unique: ['title'], index: ['year'] })
  await database.to({ defined: [novels], files: [file], extent: 'full' })
  t.strictSame(await database.insert(novels, null, 'Two', null), [2, 'Two', null])
  t.strictSame(await database.rows('title', 'novels'), [['One'], ['Two']])

  t.comment('the keys go on where they were, the new name and the old one each for itself')
  t.strictSame(await database.insert(novels, 9, 'Nine', null), [9, 'Nine', null])
  t.strictSame(await database.insert(novels, null, 'Ten', null), [10, 'Ten', null])
  await database.to({ defined: [novels, books], files: [file] })
  t.strictSame(await database.insert(books, null, 'One', 2001), [1, 'One', 2001])
  t.strictSame(await database.insert(books, 5, 'Five', 2001), [5, 'Five', 2001])
  t.strictSame(await database.insert(books, null, 'Six', 2001), [6, 'Six', 2001])
  t.strictSame(await database.insert(novels, null, 'Eleven', null), [11, 'Eleven', null])
})

onEveryDatabase('a new database needs no file to be run', async (t, url) => {
  const database = new Database(t, url)
  t.notMatch((await database.to({ defined: [renamed], files: [rename] })).statements, [/rename/])
  t.strictSame((await database.to({ defined: [renamed], files: [rename] })).statements, [])
})

onEveryDatabase('what migrate would do is told, and nothing of it is done', async (t, url) => {
  const database = new Database(t, url)
  const step = { defined: [renamed], files: [rename] }
  t.match((await database.plan(step)).statements, [/^create table "books"/])
  await database.start(books)
  await database.insert(books, null, 'One', 2001)
  const { statements } = await database.plan(step)
  t.match(statements[0], /^-- 0001-rename-title\.sql\nalter table/)
  for (const what of [/drop index/, /drop constraint/, /add constraint/, /create uniq/])
    t.ok(statements.some(statement => what.test(statement)))
  t.strictSame(await database.rows('title, year'), [['One', 2001]])
  t.strictSame((await database.to({ ...step, extent: 'full' })).statements, statements)
  t.strictSame((await database.plan(step)).statements, [])
})

onEveryDatabase('a file that fails changes nothing', async (t, url) => {
  const database = new Database(t, url)
  await database.start(books)
  const broken = { name: '0002-broken.sql', text: 'update "books" set "nothing" = 1' }
  const refusal = await database.refusal({
    defined: [renamed],
    files: [rename, broken],
    extent: 'full',
  })
  t.match(refusal, /migrations\/\w+\/0002-broken\.sql failed: .*nothing/)
  t.strictSame((await database.start(books)).statements, [])
})

const other = { name: '0002-other.sql', text: 'select 1' }
const mistakes: [what: string, files: { name: string; text: string }[], reason: RegExp][] = [
  [
    'was changed',
    [{ ...rename, text: `${rename.text} -- x` }, other],
    /0001-rename-title\.sql has been run and was changed since/,
  ],
  [
    'is missing',
    [other],
    /0001-rename-title\.sql has been run and is not here: start the version that has it/,
  ],
  [
    'comes late',
    [rename, { name: '0001-a.sql', text: '' }, other],
    /0001-a\.sql comes before 0002-other\.sql, which has been run/,
  ],
  [
    'has no number',
    [rename, other, { name: 'new.sql', text: '' }],
    /new\.sql must be named like 0001-rename-title\.sql/,
  ],
  [
    'has the number of another',
    [rename, other, { name: '0002-x.sql', text: '' }],
    /0002-x\.sql has the number of another/,
  ],
  [
    'commits',
    [rename, other, { name: '0003-x.sql', text: 'select 1;\n COMMIT;' }],
    /0003-x\.sql must leave begin, commit/,
  ],
]

for (const [what, files, reason] of mistakes)
  onEveryDatabase(`a file is refused that ${what}`, async (t, url) => {
    const database = new Database(t, url)
    await database.start(books)
    await database.to({ defined: [renamed], files: [rename, other], extent: 'full' })
    for (const extent of ['additive', 'full'] as const)
      t.match(await database.refusal({ defined: [renamed], files, extent }), reason)
    t.match(String(await database.plan({ defined: [renamed], files }).catch(String)), reason)
  })

onEveryDatabase('line ends do not change a file', async (t, url) => {
  const database = new Database(t, url)
  await database.to({ defined: [renamed], files: [rename] })
  const converted = { ...rename, text: rename.text.replaceAll('\n', '\r\n') }
  t.strictSame((await database.to({ defined: [renamed], files: [converted] })).statements, [])
})

/** Something that no definition says: a table of the team's own that refers to one of a resource. */
const text = 'create table "loans" ("book" bigint references "books" ("id"));'
const marked = { name: '0002-loans.sql', text: `-- also for new databases\n${text}\n` }

onEveryDatabase(
  'a new database has those files run that say so, once its tables are made',
  async (t, url) => {
    const database = new Database(t, url)
    const planned = await database.plan({ defined: [renamed], files: [rename, marked] })
    t.match(
      planned.statements.at(-1),
      /^-- 0002-loans\.sql\n-- also for new databases\ncreate table "loans"/,
    )
    t.match(await database.to({ defined: [renamed], files: [rename, marked] }), {
      fresh: true,
      outdated: false,
    })
    t.strictSame(await database.store.query({ text: 'select * from "loans"', values: [] }), [])
    t.match(await database.to({ defined: [renamed], files: [rename, marked] }), {
      statements: [],
      outdated: false,
    })
  },
)

onEveryDatabase('a file that says so is run once in a database that has tables', async (t, url) => {
  const database = new Database(t, url)
  await database.start(books)
  const { statements } = await database.to({
    defined: [renamed],
    files: [rename, marked],
    extent: 'full',
  })
  t.match(statements.slice(0, 2), [/^-- 0001/, /^-- 0002/])
  t.strictSame((await database.to({ defined: [renamed], files: [rename, marked] })).statements, [])
})

onEveryDatabase(
  'a database that has a table of another application by a name of ours is not new',
  async (t, url) => {
    const database = new Database(t, url)
    await database.run('create table books (id integer primary key, title text)')
    const files = [{ name: '0001-make-room.sql', text: 'alter table books rename to old_books;' }]
    t.match(
      await database.refusal({ defined: [books], files }),
      /0001-make-room\.sql is to be run: run the command/,
    )
    await database.to({ defined: [books], files, extent: 'full' })
    await database.insert(books, null, 'One', 2001)
    t.strictSame(await database.store.query({ text: 'select * from old_books', values: [] }), [])
  },
)

onEveryDatabase(
  'limits, indexes and unique sets are those of the new field, not of the old one by its name',
  async (t, url) => {
    const database = new Database(t, url)
    await database.start(books)
    await database.insert(books, null, 'One', 2001)
    const { columnTypes } = database.store.dialect
    const file = {
      name: '0001-titles.sql',
      text: `
      alter table "books" rename column "title" to "old_title";
      alter table "books" add column "title" ${columnTypes.string};
      update "books" set "title" = upper("old_title");`,
    }
    await database.to({ defined: [books], files: [file], extent: 'full' })
    await t.rejects(database.insert(books, null, 'ONE', null), {
      code: 'unique',
      columns: ['title'],
    })
    await t.rejects(database.insert(books, null, '', null), { message: /CHECK|check/ })
    t.match(await database.to({ defined: [books], files: [file] }), {
      statements: [],
      left: ['books.old_title'],
    })
    const drop = { names: ['books.old_title'], confirmed: true }
    await database.to({ defined: [books], files: [file], extent: 'full', drop })
    t.strictSame(await database.rows('*'), [[1, 2001, 1, 'ONE']])
  },
)
