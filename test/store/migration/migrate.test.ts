// From one definition to the next with rows in the tables: what is done by a start, what by `migrate`, what is refused.

import { type TProperties, Type } from '@sinclair/typebox'
import type { DefinedResource } from '../../../src/resource/model.ts'
import { Enum, Ref } from '../../../src/resource/resource.ts'
import type { SqlValue } from '../../../src/resource/row.ts'
import { define } from '../../support/definitions.ts'
import { Database } from '../../support/migrations.ts'
import { onEveryDatabase } from '../../support/service.ts'

const title = Type.String({ maxLength: 50 })
const year = Type.Optional(Type.Integer())
const books = define('books', { title, year })

const booksWith = (fields: TProperties, options: object = {}) =>
  define('books', { title, year, ...fields }, options)

onEveryDatabase(
  'a new database gets its tables, and then there is nothing to do',
  async (t, url) => {
    const database = new Database(t, url)
    const pages = define('pages', { book: Ref('books') }, { parent: 'book' })
    const first = await database.start(books, pages)
    t.equal(first.fresh, true)
    t.match(first.statements, [
      /^create table "books"/,
      /^create table "pages"/,
      /^create index "pages_book/,
    ])
    await database.insert(books, null, 'One', null)

    t.match(await database.start(books, pages), { fresh: false, statements: [] })
    t.strictSame(await database.rows('title, year'), [['One', null]])
  },
)

onEveryDatabase(
  'a field that is optional or has a default is added to the rows there are',
  async (t, url) => {
    const database = new Database(t, url)
    await database.start(books)
    await database.insert(books, null, 'One', 2001)

    const later = booksWith(
      {
        note: Type.Optional(Type.String()),
        genre: Type.String({ maxLength: 50, default: "reader's choice" }),
        copies: Type.Integer({ minimum: 0, default: 1 }),
        price: Type.Number({ default: 9.5 }),
        lent: Type.Boolean({ default: false }),
        authors: Type.Array(Type.String(), { default: ['Ada'] }),
        above: Type.Optional(Ref('books')),
      },
      { index: ['genre'] },
    )
    const { fresh, statements } = await database.start(later)
    t.equal(fresh, false)
    t.equal(
      statements.filter(statement => statement.startsWith('alter table "books" add column')).length,
      7,
    )

    const [row] = await database.rows('title, year, note, genre, copies, price, authors, above')
    t.strictSame(row, ['One', 2001, null, "reader's choice", 1, 9.5, '["Ada"]', null])
    t.notOk((await database.rows('lent'))[0]?.[0])
    await database.insert(later, null, 'Two', null, null, 'Essay', 2, 1, true, '[]', 1)
    await t.rejects(
      database.insert(later, null, 'Three', null, null, 'Essay', -1, 1, true, '[]', 1),
      {
        message: /CHECK|check/,
      },
    )
    await t.rejects(
      database.insert(later, null, 'Three', null, null, 'Essay', 1, 1, true, '[]', 9),
      {
        code: 'reference',
      },
    )
    t.strictSame((await database.start(later)).statements, [])
  },
)

onEveryDatabase(
  'the previous version goes on, and may start again, beside an additive change',
  async (t, url) => {
    const database = new Database(t, url)
    await database.start(books)
    const later = booksWith(
      { title: Type.String({ maxLength: 90 }), copies: Type.Integer({ default: 1 }) },
      { index: ['year'] },
    )
    await database.start(later, define('users', { name: title }))

    t.strictSame(await database.insert(books, null, 'From before', 2001), [1, 'From before', 2001])
    t.match(await database.start(books), { outdated: true, statements: [] })
    t.match(await database.start(later, define('users', { name: title })), {
      outdated: false,
      statements: [],
    })
    t.strictSame(await database.rows('title, year, copies'), [['From before', 2001, 1]])
  },
)

const word = (...words: string[]) => Type.Optional(Enum(words))

const wider: [what: string, before: TProperties, after: TProperties][] = [
  [
    'a longer text',
    { a: Type.Optional(Type.String({ maxLength: 5 })) },
    { a: Type.Optional(Type.String({ maxLength: 9 })) },
  ],
  [
    'an empty text',
    { a: Type.Optional(Type.String({ minLength: 1 })) },
    { a: Type.Optional(Type.String()) },
  ],
  ['one more word', { a: word('x', 'y') }, { a: word('y', 'z', 'x') }],
  ['any text for a word', { a: word('x') }, { a: Type.Optional(Type.String()) }],
  [
    'a greater number',
    { a: Type.Optional(Type.Integer({ maximum: 5 })) },
    { a: Type.Optional(Type.Integer({ maximum: 6 })) },
  ],
  [
    'a smaller number',
    { a: Type.Optional(Type.Number({ exclusiveMinimum: 1 })) },
    { a: Type.Optional(Type.Number()) },
  ],
  ['no value', { a: Type.Integer({ default: 1 }) }, { a: Type.Optional(Type.Integer()) }],
]

for (const [what, before, after] of wider)
  onEveryDatabase(
    `wider limits are taken over by a start, and narrower ones by migrate: ${what}`,
    async (t, url) => {
      const database = new Database(t, url)
      await database.start(booksWith(before))
      t.not((await database.start(booksWith(after))).statements.length, 0)
      t.strictSame((await database.start(booksWith(after))).statements, [])
      t.match(
        await database.start(booksWith(before)),
        { outdated: true },
        'which is the previous version',
      )

      const narrower = booksWith(before, { index: ['year'] })
      t.match(
        await database.refusal({ defined: [narrower] }),
        /books\.a .* run the command 'migrate'/,
      )
      t.not((await database.migrate(narrower)).statements.length, 0)
      t.strictSame((await database.migrate(narrower)).statements, [])
    },
  )

onEveryDatabase(
  'rows that break a narrower limit are named, and nothing is changed',
  async (t, url) => {
    const database = new Database(t, url)
    await database.start(books)
    for (const [index, text] of ['A', 'Too long', 'B', 'Also long'].entries())
      await database.insert(books, null, text, index > 1 ? 2001 : null)
    const narrower = define('books', { title: Type.String({ maxLength: 5 }), year: Type.Integer() })
    const refusal = await database.refusal({ defined: [narrower], extent: 'full' })
    t.match(
      refusal,
      /^ {2}books\.title breaks check \(length\("title"\) >= 0 and .*<= 5\) in the rows 2, 4:|in the rows 2, 4:/m,
    )
    t.match(refusal, /^ {2}books\.year is required now, and has no value in the rows 1, 2:/m)
    t.match(
      refusal,
      /change them in migrations\/\w+\/<number>-<name>\.sql, or by the earlier version/,
    )
    t.strictSame((await database.start(books)).statements, [])

    await database.run(
      `update books set title = 'C', year = 1 where length(title) > 5 or year is null`,
    )
    await database.migrate(narrower)
    await t.rejects(database.insert(narrower, null, 'Long again', 1), { message: /CHECK|check/ })
  },
)

const undecided: [definition: DefinedResource, reason: RegExp][] = [
  [
    booksWith({ isbn: title }),
    /^ {2}books\.isbn is new and required, and there are rows \(1\): make it optional, give it a default, or add and fill/m,
  ],
  [
    define('books', { title, year: Type.Optional(title) }),
    /^ {2}books\.year is (big)?int\w* and should be text.*: convert it/m,
  ],
]

onEveryDatabase(
  'what only people can decide is refused with what to do, and nothing is changed',
  async (t, url) => {
    const database = new Database(t, url)
    await database.start(books)
    await database.insert(books, null, 'One', 2001)
    for (const [definition, reason] of undecided)
      for (const extent of ['additive', 'full'] as const) {
        const refusal = await database.refusal({
          defined: [define('added', { title }), definition],
          extent,
        })
        t.match(refusal, /^The database does not fit the definitions:\n/)
        t.match(refusal, reason)
      }
    t.strictSame((await database.start(books)).statements, [])
    t.strictSame(await database.rows('*'), [[1, 'One', 2001, 1]], 'with its revision')
  },
)

onEveryDatabase('indexes follow the definition, and those of others stay', async (t, url) => {
  const database = new Database(t, url)
  const unique = booksWith({}, { unique: ['title'], index: ['year'] })
  await database.start(books)
  await database.run('create index by_hand on books (title)')
  await database.insert(books, null, 'One', 2001)

  const made = await database.start(unique)
  t.match(made.statements, [
    /^create unique index (?:concurrently )?"\w+" on "books"/,
    /^create index/,
  ])
  await t.rejects(database.insert(unique, null, 'One', null), {
    code: 'unique',
    columns: ['title'],
  })

  const both = booksWith({}, { unique: [['title', 'year']] })
  t.match(
    await database.refusal({ defined: [both] }),
    /books is no longer unique by title: .* command 'migrate'/,
  )
  const { statements } = await database.migrate(both)
  t.match(statements.toSorted(), [/^create unique index/, /^drop index/, /^drop index/])
  await database.insert(both, null, 'One', 2002)
  await t.rejects(database.insert(both, null, 'One', 2002), { code: 'unique' })

  const last = await database.migrate(booksWith({}, { index: ['title'] }))
  t.match(last.statements.toSorted(), [/^create index/, /^drop index/])
  await database.run('drop index by_hand')
})

onEveryDatabase('what was dropped by hand is made again', async (t, url) => {
  const database = new Database(t, url)
  const indexed = booksWith({}, { index: ['year'] })
  const { statements } = await database.start(indexed)
  const name = /create index (?:concurrently )?("\w+")/.exec(statements.join())?.[1]
  await database.run(`drop index ${name}`)
  t.match((await database.start(indexed)).statements, [
    new RegExp(`^create index (?:concurrently )?${name}`),
  ])
})

onEveryDatabase('values that rows share are not made unique, and are named', async (t, url) => {
  const database = new Database(t, url)
  await database.start(books)
  for (const values of [
    ['One', 2001],
    ['One', 2001],
    ['Two', null],
    ['Two', null],
    ['Three', 3],
  ])
    await database.insert(books, null, ...(values as SqlValue[]))
  const note = Type.Optional(Type.String())
  const refusal = await database.refusal({
    defined: [booksWith({ note }, { unique: [['title', 'year']] })],
  })
  t.match(
    refusal,
    /books should be unique by title, year, and several rows share \["One",2001\]: change or delete them/,
  )
  t.notMatch(refusal, /Two/, 'null is not shared')
  t.strictSame((await database.start(books)).statements, [])

  const shared = await database.refusal({
    defined: [booksWith({ code: Type.Integer({ default: 7 }) }, { unique: ['code'] })],
  })
  t.match(
    shared,
    /books should be unique by code, and its 5 rows would all get the same: change or delete them/,
  )
  t.equal((await database.rows('*')).length, 5)
})

onEveryDatabase(
  'a reference is added to a field that is there, and rows that break it are named',
  async (t, url) => {
    const database = new Database(t, url)
    const users = define('users', { name: title })
    await database.start(users, books)
    await database.insert(books, null, 'One', 1)
    const referring = booksWith({ year: Type.Optional(Ref('users')) })
    const refusal = await database.refusal({ defined: [users, referring], extent: 'full' })
    t.match(refusal, /books\.year refers to no row of users in the row 1:/)
    await database.insert(users, null, 'Ada')
    t.match(
      await database.refusal({ defined: [users, referring] }),
      /books\.year refers to users now: when no instance/,
    )
    await database.migrate(users, referring)
    await t.rejects(database.run(`update books set year = 2`), { code: 'reference' })
    t.strictSame((await database.start(users, referring)).statements, [])
  },
)

onEveryDatabase(
  'rows that a new reference finds in its way are named, whatever its target is called',
  async (t, url) => {
    const database = new Database(t, url)
    const target = define('t', { year })
    await database.start(target, books)
    await database.insert(target, null, 1)
    await database.insert(books, null, 'One', 1)
    await database.insert(books, null, 'Two', 2)
    const referring = booksWith({ year: Type.Optional(Ref('t')) })
    const refusal = await database.refusal({ defined: [target, referring], extent: 'full' })
    t.match(refusal, /books\.year refers to no row of t in the row 2:/)
  },
)
