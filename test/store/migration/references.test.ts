// Fields that refer to others: renamed, added and taken away, on a table that has rows.

import { Type } from '@sinclair/typebox'
import { Ref, Refs } from '../../../src/resource/resource.ts'
import { define } from '../../support/definitions.ts'
import { Database } from '../../support/migrations.ts'
import { onEveryDatabase } from '../../support/service.ts'

const text = Type.String({ minLength: 1, maxLength: 20 })
const cats = define('cats', { name: text })
const things = (field: string, target = 'cats', options: object = {}) =>
  define('things', { name: text, [field]: Ref(target) }, options)

onEveryDatabase('a field that refers is renamed by a file', async (t, url) => {
  const database = new Database(t, url)
  await database.start(cats, things('cat_id'))
  await database.insert(cats, null, 'c')
  await database.insert(things('cat_id'), null, 'a', 1)
  const files = [
    { name: '0001-kind.sql', text: 'alter table "things" rename column "cat_id" to "kind_id";' },
  ]
  const renamed = [cats, things('kind_id')]
  await database.to({ defined: renamed, files, extent: 'full' })
  t.match(await database.to({ defined: renamed, files }), { statements: [], outdated: false })
  t.strictSame(await database.rows('name, kind_id', 'things'), [['a', 1]])
  await t.rejects(database.run('update things set kind_id = 9'), { code: 'reference' })
})

onEveryDatabase('a resource that is referred to is renamed by a file', async (t, url) => {
  const database = new Database(t, url)
  await database.start(cats, things('cat_id'))
  await database.insert(cats, null, 'c')
  await database.insert(things('cat_id'), null, 'a', 1)
  const files = [{ name: '0001-pets.sql', text: 'alter table "cats" rename to "pets";' }]
  const renamed = [define('pets', { name: text }), things('cat_id', 'pets')]
  await database.to({ defined: renamed, files, extent: 'full' })
  t.match(await database.to({ defined: renamed, files }), { statements: [], outdated: false })
  await t.rejects(database.run('delete from pets'), { code: 'reference' })
})

onEveryDatabase(
  'a reference is taken away and given back by migrate, with all that is at the table',
  async (t, url) => {
    const database = new Database(t, url)
    const free = define(
      'things',
      { name: text, cat_id: Type.Integer({ minimum: 1 }) },
      { unique: ['name'] },
    )
    const referring = things('cat_id', 'cats', { unique: ['name'] })
    await database.start(cats, referring)
    await database.insert(cats, null, 'c')
    await database.insert(referring, null, 'a', 1)
    await database.run('create index by_hand on things (cat_id)')
    t.match(
      await database.refusal({ defined: [cats, free] }),
      /things\.cat_id no longer refers to cats: .* 'migrate'/,
    )
    await database.migrate(cats, free)
    t.match(await database.start(cats, free), { statements: [], outdated: false })
    await database.run('delete from cats')
    await t.rejects(database.insert(free, null, 'a', 1), { code: 'unique' })

    const back = { defined: [cats, referring], extent: 'full' } as const
    t.match(await database.refusal(back), /things\.cat_id refers to no row of cats in the row 1:/)
    await database.run(`insert into cats values (1, 'c', 1)`)
    await database.to(back)
    t.match(await database.start(cats, referring), { statements: [], outdated: false })
    await t.rejects(database.run('delete from cats'), { code: 'reference' })
    await database.run('drop index by_hand')
    await t.rejects(database.insert(referring, null, 'a', 1), { code: 'unique' })
  },
)

onEveryDatabase('a new field may refer to a default that is there', async (t, url) => {
  const database = new Database(t, url)
  const plain = define('things', { name: text })
  const referring = define('things', { name: text, cat_id: Ref('cats', { default: 1 }) })
  await database.start(plain, cats)
  await database.insert(plain, null, 'a')
  const told =
    /things\.cat_id has the default 1, and there is no such row in cats: make it by the earlier version/
  t.match(await database.refusal({ defined: [cats, referring] }), told)
  t.match(
    String(await database.plan({ defined: [cats, referring] }).catch(String)),
    told,
    'and --check says so',
  )
  await database.insert(cats, null, 'c')
  await database.start(cats, referring)
  t.strictSame(await database.rows('name, cat_id', 'things'), [['a', 1]])
  await t.rejects(database.run('update things set cat_id = 9'), { code: 'reference' })
  t.strictSame((await database.start(cats, referring)).statements, [])
})

onEveryDatabase('a resource is renamed, and a new one takes its name', async (t, url) => {
  const database = new Database(t, url)
  const books = define('books', { title: text }, { unique: ['title'], index: [['title', 'id']] })
  await database.start(books)
  await database.insert(books, null, 'a')
  const files = [{ name: '0001-novels.sql', text: 'alter table "books" rename to "novels";' }]
  const novels = define('novels', { title: text }, { unique: ['title'], index: [['title', 'id']] })
  await database.to({ defined: [novels, books], files, extent: 'full' })
  await database.insert(books, null, 'a')
  await t.rejects(database.insert(novels, null, 'a'), { code: 'unique' })
  t.strictSame((await database.to({ defined: [novels, books], files })).statements, [])
})

onEveryDatabase(
  'tables that refer to each other are made, at once and beside others',
  async (t, url) => {
    const database = new Database(t, url)
    const teams = define('teams', { lead: Type.Optional(Ref('users')) })
    const users = define('users', { team: Ref('teams') })
    const first = [cats, define('notes', { text })]
    await database.start(...first)
    await database.start(...first, teams, users)
    t.match(await database.start(...first, teams, users), { statements: [], outdated: false })
    await database.insert(teams, null, null)
    await t.rejects(database.run('update teams set lead = 1'), { code: 'reference' })
    await database.insert(users, null, 1)
    await database.run('update teams set lead = 1')
    await t.rejects(database.run('delete from users'), { code: 'reference' })
  },
)

onEveryDatabase('a new database has tables that refer to each other', async (t, url) => {
  const database = new Database(t, url)
  const users = define('users', { team: Ref('teams'), mentor: Type.Optional(Ref('users')) })
  const teams = define('teams', { lead: Type.Optional(Ref('users')) })
  await database.start(users, teams)
  t.match(await database.start(users, teams), { statements: [], outdated: false })
  await database.insert(teams, null, null)
  await t.rejects(database.run('update teams set lead = 1'), { code: 'reference' })
})

onEveryDatabase('rows that a file leaves without what they refer to are named', async (t, url) => {
  const database = new Database(t, url)
  await database.start(cats, things('cat_id'))
  await database.insert(cats, null, 'c')
  for (const name of ['a', 'b']) await database.insert(things('cat_id'), null, name, 1)
  const isSqlite = database.store.dialect.name === 'sqlite'
  const text = `${isSqlite ? 'pragma defer_foreign_keys = on; ' : ''}delete from "cats";`
  const files = [{ name: '0001-no-cats.sql', text }]
  t.match(
    await database.refusal({ defined: [cats, things('cat_id')], files, extent: 'full' }),
    isSqlite
      ? /things\.cat_id refers to no row of cats in the rows 1, 2: change them in/
      : /0001-no-cats\.sql failed: .*foreign key constraint/,
  )
  t.strictSame(await database.rows('name', 'cats'), [['c']])
})

onEveryDatabase(
  'lists of keys, and what follows rows in tables of others, are kept where a table is made anew',
  async (t, url) => {
    const database = new Database(t, url)
    const level = (value: number) =>
      define('things', {
        level: Type.Integer({ default: value }),
        cat_ids: Refs('cats'),
        thing_ids: Refs('things'),
      })
    await database.start(cats, level(1))
    await database.run(`
      insert into cats (id, name, _rev) values (1, 'c', 1), (2, 'd', 1);
      insert into things (id, level, _rev) values (1, 1, 1), (2, 1, 1);
      insert into things_cat_ids (holder, item, position, _rev) values (1, 2, 0, 1), (1, 1, 1, 1);
      insert into things_thing_ids (holder, item, position, _rev) values (1, 2, 0, 1);
      create table notes (id integer primary key, thing_id ${database.store.dialect.columnTypes.integer} references things (id) on delete cascade);
      create table marks (note_id integer references notes (id) on delete set null);
      insert into notes values (5, 1);
      insert into marks values (5), (null);`)
    await database.start(cats, level(2))
    t.strictSame(await database.rows('id, holder, item', 'things_cat_ids'), [
      [1, 1, 2],
      [2, 1, 1],
    ])
    t.strictSame(await database.rows('holder, item', 'things_thing_ids'), [[1, 2]])
    t.strictSame(await database.rows('id, thing_id', 'notes'), [[5, 1]])
    const marks = { text: 'select note_id from marks order by 1', values: [] }
    t.same(new Set((await database.store.query(marks)).flat()), new Set([5, null]))
    t.match(await database.start(cats, level(2)), { statements: [], outdated: false })
    await database.run('delete from things_thing_ids; delete from things')
    t.strictSame(await database.rows('id', 'things_cat_ids'), [])
  },
)
