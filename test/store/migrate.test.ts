// From one definition to the next: what is missing is added, what would touch stored values is refused and told.

import { type TProperties, Type } from '@sinclair/typebox'
import type { Test } from 'tap'
import { resourcesToModels } from '../../src/resource/model.ts'
import type { Row, SqlValue } from '../../src/resource/row.ts'
import { type Migration, MigrationError, migrate } from '../../src/store/migrate.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { modelToTable, type Table } from '../../src/store/table.ts'
import { insertRow } from '../../src/store/write.ts'
import { define } from '../support/definitions.ts'
import { onEveryDatabase } from '../support/service.ts'

const title = Type.String({ maxLength: 50 })
const year = Type.Optional(Type.Integer())
const books = define('books', { title, year })

/** One database, opened anew for each definition. */
class Database {
  readonly #store: Store

  constructor(t: Test, url: string) {
    this.#store = openStore(url, { exclusive: false })
    t.teardown(() => this.#store.close())
  }

  tables(...defined: ReturnType<typeof define>[]): readonly Table[] {
    return resourcesToModels(defined).map(model => modelToTable(this.#store.dialect, model))
  }

  migrate(...defined: ReturnType<typeof define>[]): Promise<Migration> {
    return migrate(this.#store, this.tables(...defined))
  }

  /** Stores a row; a null key is made. Gives its values without the revision. */
  async insert(defined: ReturnType<typeof define>, ...values: SqlValue[]): Promise<Row> {
    const [table] = this.tables(defined)
    if (table === undefined) throw new Error('There is a table for a resource.')
    return this.#store.transact(function* () {
      const [row] = yield insertRow(table, values)
      return row?.slice(0, -1) ?? []
    })
  }

  rows(columns: string): Promise<readonly Row[]> {
    return this.#store.query({ text: `select ${columns} from books order by id`, values: [] })
  }
}

onEveryDatabase('a new database gets its tables, and then there is nothing to do', async (t, url) => {
  const database = new Database(t, url)
  const first = await database.migrate(books, define('pages', { book: Type.Integer() }, { parent: { books: 'book' } }))
  t.equal(first.fresh, true)
  t.match(first.statements, [
    /^create table "books"/,
    /^create table "pages"/,
    /^create index if not exists "pages_book/,
  ])
  await database.insert(books, null, 'One', null)

  const again = await database.migrate(books, define('pages', { book: Type.Integer() }, { parent: { books: 'book' } }))
  t.strictSame(again, { fresh: false, statements: [] })
  t.strictSame(await database.rows('title, year'), [['One', null]])
})

onEveryDatabase('a field that is optional or has a default is added to the rows there are', async (t, url) => {
  const database = new Database(t, url)
  await database.migrate(books)
  await database.insert(books, null, 'One', 2001)

  const added: TProperties = {
    note: Type.Optional(Type.String()),
    genre: Type.String({ maxLength: 50, default: "reader's choice" }),
    copies: Type.Integer({ minimum: 0, default: 1 }),
    price: Type.Number({ default: 9.5 }),
    lent: Type.Boolean({ default: false }),
    authors: Type.Array(Type.String(), { default: ['Ada'] }),
    above: Type.Optional(Type.Integer()),
  }
  const later = define('books', { title, year, ...added }, { references: { books: 'above' }, index: ['genre'] })
  const { fresh, statements } = await database.migrate(later)
  t.equal(fresh, false)
  t.equal(statements.filter(statement => statement.startsWith('alter table "books" add column')).length, 7)

  const [row] = await database.rows('title, year, note, genre, copies, price, authors, above')
  t.strictSame(row, ['One', 2001, null, "reader's choice", 1, 9.5, '["Ada"]', null])
  t.notOk((await database.rows('lent'))[0]?.[0])
  await database.insert(later, null, 'Two', null, null, 'Essay', 2, 1, true, '[]', 1)
  await t.rejects(database.insert(later, null, 'Three', null, null, 'Essay', -1, 1, true, '[]', 1), {
    message: /CHECK|check/,
  })
  await t.rejects(database.insert(later, null, 'Three', null, null, 'Essay', 1, 1, true, '[]', 9), {
    code: 'reference',
  })
  t.strictSame((await database.migrate(later)).statements, [])
})

onEveryDatabase('a resource is added beside those there are', async (t, url) => {
  const database = new Database(t, url)
  await database.migrate(books)
  const users = define('users', { name: title })
  const { fresh, statements } = await database.migrate(books, users)
  t.equal(fresh, false)
  t.match(statements, [/^create table "users"/])
  t.strictSame(await database.insert(users, null, 'Ada'), [1, 'Ada'])
})

const refused: [definition: ReturnType<typeof define>, difference: RegExp][] = [
  [define('books', { title, year, isbn: title }), /^ {2}books\.isbn is new, required and has no default$/m],
  [define('books', { title }), /^ {2}books\.year is no longer defined$/m],
  [define('books', { title, year: Type.Integer() }), /^ {2}books\.year was ".+" and is now ".+ not null.*"$/m],
  [define('books', { title, year: Type.Optional(title) }), /^ {2}books\.year was ".+" and is now ".+"$/m],
  [
    define('books', { title: Type.String({ maxLength: 60 }), year }),
    /^ {2}books\.title was ".*50.*" and is now ".*60.*"$/m,
  ],
  [
    define('books', { code: title, year }),
    /^ {2}books\.code is new, required[^\n]+\n {2}books\.title is no longer defined$/m,
  ],
]

onEveryDatabase('any other difference is refused with what to do, and nothing is changed', async (t, url) => {
  const database = new Database(t, url)
  await database.migrate(books)
  await database.insert(books, null, 'One', 2001)
  for (const [definition, difference] of refused) {
    const error = await database.migrate(define('added', { title }), definition).catch((thrown: unknown) => thrown)
    t.type(error, MigrationError)
    const { message } = error as Error
    t.match(message, difference)
    t.match(message, /^The database has rows of an older definition.*:\n/)
    t.match(message, /\nMake a new field optional or give it a default, or start with another DATABASE_URL/)
  }
  t.strictSame((await database.migrate(books)).statements, [])
  t.strictSame(await database.rows('*'), [[1, 'One', 2001, 1]], 'with its revision')
  t.match((await database.migrate(books, define('added', { title }))).statements, [/^create table "added"/])
})

onEveryDatabase('indexes follow the definition', async (t, url) => {
  const database = new Database(t, url)
  const unique = define('books', { title, year }, { unique: ['title'], index: ['year'] })
  await database.migrate(books)
  await database.insert(books, null, 'One', 2001)

  const made = await database.migrate(unique)
  t.match(made.statements, [/^create unique index if not exists "\w+" on "books"/, /^create index if not exists/])
  await t.rejects(database.insert(unique, null, 'One', null), { code: 'unique' })

  const wider = define('books', { title, year }, { unique: [['title', 'year']] })
  t.match((await database.migrate(wider)).statements, [/^drop index/, /^drop index/, /^create unique index/])
  await database.insert(wider, null, 'One', 2002)
  await t.rejects(database.insert(wider, null, 'One', 2002), { code: 'unique' })

  t.match((await database.migrate(books)).statements, [/^drop index/])
  await database.insert(books, null, 'One', 2002)
  t.strictSame((await database.migrate(books)).statements, [])
})

onEveryDatabase('when deleted rows are kept from now on, what they hold is free', async (t, url) => {
  const database = new Database(t, url)
  await database.migrate(define('books', { title, year }, { unique: ['title'] }))
  const kept = define('books', { title, year }, { unique: ['title'], keepDeleted: true })
  t.match((await database.migrate(kept)).statements, [/^alter table/, /^drop index/, /^create unique index.* where /])
  t.strictSame((await database.migrate(kept)).statements, [])
})

onEveryDatabase('values that rows share are not made unique', async (t, url) => {
  const database = new Database(t, url)
  await database.migrate(books)
  await database.insert(books, null, 'One', 2001)
  await database.insert(books, null, 'One', 2001)
  const note = Type.Optional(Type.String())
  const error = await database
    .migrate(define('books', { title, year, note }, { unique: [['title', 'year']] }))
    .catch((thrown: unknown) => thrown)
  t.type(error, MigrationError)
  t.match((error as Error).message, /^books has rows that share values which are now to be unique/)
  t.match((error as Error).message, /create unique index .*"title".*"year"/)
  t.strictSame((await database.migrate(books)).statements, [])
  t.strictSame(await database.rows('*'), [
    [1, 'One', 2001, 1],
    [2, 'One', 2001, 2],
  ])
})
