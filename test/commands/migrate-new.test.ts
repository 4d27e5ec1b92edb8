// `migrate new`: for each kind of change that a definition cannot say, the file that it writes leads to the tables that
// are wanted, with the rows that were there.

import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { writeMigration } from '../../src/commands/migrate-new.ts'
import { loadMigrations } from '../../src/definitions/load.ts'
import type { DefinedResource } from '../../src/resource/model.ts'
import { Password, Ref, Refs, verifyPassword } from '../../src/resource/resource.ts'
import { define } from '../support/definitions.ts'
import { Database } from '../support/migrations.ts'
import { folderOf } from '../support/process.ts'
import { databases, onEveryDatabase } from '../support/service.ts'
import {
  changes,
  fill,
  quietly,
  select,
  tablesOf,
  text,
  things,
} from '../support/written-changes.ts'

for (const change of changes) {
  const { what, after, found, unneeded, ...said } = change
  onEveryDatabase(`${what}: the written file leads there`, async (t, url) => {
    // It empties the folder of the test, in which SQLite's file will be.
    const folder = folderOf(t)
    const database = new Database(t, url)
    await fill(database, change)
    const order = { folder, title: 'What changes', tablesOf: tablesOf(after), said }
    t.equal(await quietly(t, () => writeMigration(database.store, order)), 0)

    const { dialect } = database.store
    const files = await loadMigrations(`${folder}/${dialect.name}`)
    t.equal(files[0]?.name, unneeded === dialect.name ? undefined : '0001-what-changes.sql')
    await database.to({ defined: after, files, extent: 'full' })
    for (const [selected, rows] of Object.entries(found)) {
      const got = await select(database, selected)
      t.strictSame(
        got.map(row =>
          row.map((value, index) =>
            typeof rows[0]?.[index] === 'boolean' ? Boolean(value) : value,
          ),
        ),
        rows,
        selected,
      )
    }
    t.strictSame(
      (await database.plan({ defined: after, files })).statements,
      [],
      'nothing is left to be done',
    )
  })

  t.test(`${what}: so does the file that is written beside the other database`, async t => {
    const opened = []
    for (const database of databases) opened.push(new Database(t, await database.url(t)))
    for (const database of opened) await fill(database, change)
    for (const [index, { store }] of opened.entries()) {
      const order = {
        folder: `${t.testdirName}/${index}`,
        title: 'x',
        tablesOf: tablesOf(after),
        said,
      }
      t.equal(await quietly(t, () => writeMigration(store, order)), 0)
    }
    for (const [index, database] of opened.entries()) {
      const files = await loadMigrations(
        `${t.testdirName}/${opened.length - 1 - index}/${database.store.dialect.name}`,
      )
      await database.to({ defined: after, files, extent: 'full' })
      t.strictSame((await database.plan({ defined: after, files })).statements, [])
    }
  })
}

t.test('the file says what each statement does', async t => {
  const folder = folderOf(t)
  const database = new Database(t, `sqlite:${folder}/test.db`)
  await database.start(things({ name: text, size: text }))
  const after = tablesOf([things({ title: text, size: Type.Integer() })])
  const order = { folder, title: 'x', tablesOf: after, said: { rename: ['things.name=title'] } }
  t.equal(await quietly(t, () => writeMigration(database.store, order)), 0)
  const [{ text: written } = { text: '' }] = await loadMigrations(`${folder}/postgres`)
  t.equal(
    written,
    `-- Written by 'migrate new x'; change it until it is right, before it is run.
-- Limits, indexes, references and what is unique are not here: they follow from the definitions.

-- things.size was string and is integer. Its values are converted, and one that cannot be is refused.
alter table "things" add column "_new_size" bigint;
update "things" set "_new_size" = cast("size" as bigint), "_rev" = nextval('"_revision"') where "size" is not null;
alter table "things" drop column "size";
alter table "things" rename column "_new_size" to "size";

-- things.name is called title. Its values stay.
alter table "things" rename column "name" to "title";
`,
  )
  const again = await quietly(t, () =>
    writeMigration(database.store, order).catch((error: Error) => error.message),
  )
  t.match(again, 'sqlite/0001-x.sql is to be run')
})

t.test('nothing is written where a start does all of it', async t => {
  const folder = folderOf(t)
  const database = new Database(t, `sqlite:${folder}/test.db`)
  await database.start(things({ name: text }))
  const after = tablesOf([things({ name: text, note: Type.Optional(text) })])
  const said = t.capture(console, 'log')
  t.equal(
    await writeMigration(database.store, { folder, title: 'x', tablesOf: after, said: {} }),
    0,
  )
  t.strictSame(
    said().map(({ args }) => args[0]),
    ['No file is needed.', "A start does the rest: 'migrate --check' prints its SQL."],
  )
  t.strictSame(await loadMigrations(`${folder}/sqlite`), [])
})

t.test(
  'values that the database does not convert are told, and the file is there to be changed',
  async t => {
    const folder = folderOf(t)
    const database = new Database(t, `sqlite:${folder}/test.db`)
    const before = things({ size: text })
    await database.start(before)
    await database.insert(before, null, 'large')
    const after = tablesOf([things({ size: Type.Integer() })])
    t.capture(console, 'log')
    const told = t.capture(console, 'error')
    t.equal(
      await writeMigration(database.store, { folder, title: 'x', tablesOf: after, said: {} }),
      1,
    )
    t.match(
      told()[0]?.args[0],
      /^It was tried, and taken back\..*sqlite\/0001-x\.sql failed: cannot store TEXT value/s,
    )
    t.equal((await loadMigrations(`${folder}/sqlite`)).length, 1)
    t.strictSame(await database.rows('size', 'things'), [['large']])
  },
)

const refusals: readonly (readonly [
  what: string,
  after: DefinedResource,
  said: Readonly<Record<string, readonly string[]>>,
  told: RegExp,
])[] = [
  [
    'a required field without a value',
    things({ title: text, tags: Type.Array(text) }),
    {},
    /things\.name is gone and title is new: if it was renamed, add --rename things\.name=title\nthings\.title is new and required: say the value that rows get, by --fill things\.title=VALUE/,
  ],
  [
    'a value that does not fit',
    things({ state: Type.Integer() }),
    { fill: ['things.state=x'] },
    /things\.state=x: must be integer/,
  ],
  [
    'a value for nothing',
    things({ name: text }),
    { fill: ['things.b=1'] },
    /things\.b is not defined/,
  ],
  [
    'a name without a value',
    things({ name: text }),
    { rename: ['things.name'] },
    /--rename needs a name and a value/,
  ],
  [
    'a field that was not there',
    things({ title: text }),
    { rename: ['things.nam=title'] },
    /things\.nam is not in the database's definition/,
  ],
  [
    'a field that is not defined',
    things({ title: text }),
    { rename: ['things.name=titel'] },
    /titel is not defined/,
  ],
  [
    'a list that becomes a number',
    things({ name: text, tags: Type.Integer() }),
    {},
    /things\.tags was array and is integer: say the value that every row gets, by --fill/,
  ],
]

for (const [what, after, said, told] of refusals)
  t.test(`refused: ${what}`, async t => {
    const folder = folderOf(t)
    const database = new Database(t, `sqlite:${folder}/test.db`)
    await database.start(things({ name: text, tags: Type.Array(text) }))
    await t.rejects(
      writeMigration(database.store, { folder, title: 'x', tablesOf: tablesOf([after]), said }),
      {
        message: told,
      },
    )
    t.strictSame(await loadMigrations(`${folder}/sqlite`), [])
  })

t.test('on a terminal it asks what was renamed, and for values until they fit', async t => {
  const folder = folderOf(t)
  const database = new Database(t, `sqlite:${folder}/test.db`)
  const cats = { name: text, note: Type.Optional(text) }
  await database.start(define('cats', cats), things({ name: text, code: text }))
  const after = [
    define('pets', { name: text, note: text }),
    things({ title: text, word: text, level: Type.Integer() }),
  ]
  const answers: Readonly<Record<string, string[]>> = {
    'Was pets renamed from cats? [y/N] ': ['yes'],
    'Was things.title renamed from things.name? [y/N] ': ['Y'],
    'Was things.word renamed from things.code? [y/N] ': [''],
    'pets.note is required now. The value of rows that have none (leave empty if there are none): ':
      [''],
    'things.word is new and required. The value that rows get: ': ['new'],
    'things.level is new and required. The value that rows get: ': ['high', '', '3'],
  }
  const ask = async (question: string) => answers[question]?.shift() ?? t.fail(question).toString()
  const order = { folder, title: 'x', tablesOf: tablesOf(after), said: {}, ask }
  t.equal(await quietly(t, () => writeMigration(database.store, order)), 0)
  t.strictSame(Object.values(answers).flat(), [], 'all of it was asked')
  const files = await loadMigrations(`${folder}/sqlite`)
  t.match(files[0]?.text, 'alter table "cats" rename to "pets";')
  t.match(files[0]?.text, 'alter table "things" rename column "name" to "title";')
  t.notMatch(files[0]?.text, 'rename column "code"')
  t.match(files[0]?.text, /update "things" set "word" = 'new',.*update "things" set "level" = 3,/s)
  await database.to({ defined: after, files, extent: 'full' })
})

/** Has a file written, and the tables brought to the definition by it. */
async function rewrite(
  t: Test,
  folder: string,
  database: Database,
  after: DefinedResource,
  said = {},
) {
  const order = { folder, title: 'x', tablesOf: tablesOf([after]), said }
  t.equal(await quietly(t, () => writeMigration(database.store, order)), 0)
  const files = await loadMigrations(`${folder}/${database.store.dialect.name}`)
  t.equal(files.length, 1)
  await database.to({ defined: [after], files, extent: 'full' })
  t.strictSame((await database.plan({ defined: [after], files })).statements, [])
}

onEveryDatabase(
  'a field is converted whose unique set an earlier definition does not have, and whose other field is gone',
  async (t, url) => {
    const folder = folderOf(t)
    const database = new Database(t, url)
    const code = Type.Optional(Type.Integer())
    const size = Type.Optional(Type.Boolean())
    const before = things({ name: text, size, code })
    await database.start(before)
    await database.start(things({ name: text, size, code }, { unique: [['size', 'code']] }))
    await database.start(before)
    await database.insert(before, null, 'a', true, 1)
    await database.start(things({ name: text, size }))
    await rewrite(t, folder, database, things({ name: text, size: Type.Optional(text) }))
    t.strictSame(await database.rows('name, size', 'things'), [['a', 'true']])
  },
)

onEveryDatabase(
  'a required field that was gone is there again, of another kind',
  async (t, url) => {
    const folder = folderOf(t)
    const database = new Database(t, url)
    const before = things({ name: text, size: text })
    await database.start(before)
    await database.insert(before, null, 'a', '7')
    await database.start(things({ name: text }))
    await rewrite(t, folder, database, things({ name: text, size: Type.Optional(Type.Integer()) }))
    t.strictSame(await database.rows('name, size', 'things'), [['a', 7]])
  },
)

onEveryDatabase(
  'a resource with a list of keys is renamed, and so are the list and what it refers to',
  async (t, url) => {
    const folder = folderOf(t)
    const database = new Database(t, url)
    const cats = { name: text }
    await database.start(define('cats', cats), things({ name: text, cat_ids: Refs('cats') }))
    await database.run(`
      insert into cats (id, name, _rev) values (1, 'c', 1);
      insert into things (id, name, _rev) values (1, 'a', 1);
      insert into things_cat_ids (holder, item, position, _rev) values (1, 1, 0, 1);`)
    const after = [define('pets', cats), define('items', { name: text, pet_ids: Refs('pets') })]
    const order = { folder, title: 'x', tablesOf: tablesOf(after) }
    const told = t.capture(console, 'error')
    t.capture(console, 'log')
    await writeMigration(database.store, {
      ...order,
      said: { rename: ['things=items', 'cats=pets'] },
    })
    t.match(
      told().flatMap(({ args }) => args),
      [
        'items.cat_ids is gone and pet_ids is new: if it was renamed, add --rename items.cat_ids=pet_ids',
      ],
    )
    const rename = ['things=items', 'cats=pets', 'things.cat_ids=pet_ids']
    await writeMigration(database.store, { ...order, folder: `${folder}/said`, said: { rename } })
    const files = await loadMigrations(`${folder}/said/${database.store.dialect.name}`)
    await database.to({ defined: after, files, extent: 'full' })
    t.strictSame(await database.rows('holder, item', 'items_pet_ids'), [[1, 1]])
    t.match(await database.plan({ defined: after, files }), { statements: [], left: [] })
  },
)

onEveryDatabase('a new password is filled with its hash', async (t, url) => {
  const folder = folderOf(t)
  const database = new Database(t, url)
  const before = things({ name: text })
  await database.start(before)
  await database.insert(before, null, 'a')
  const after = things({ name: text, password: Password() })
  const said = { fill: ['things.password=correct horse'] }
  await rewrite(t, folder, database, after, said)
  const [[hash = null] = []] = await database.rows('password', 'things')
  t.ok(await verifyPassword('correct horse', String(hash)))
  const [file] = await loadMigrations(`${folder}/${database.store.dialect.name}`)
  t.notMatch(file, { text: /horse/ })
})

onEveryDatabase(
  'a key is not changed while something refers to it that no definition has any more',
  async (t, url) => {
    const folder = folderOf(t)
    const database = new Database(t, url)
    const cats = define('cats', { name: text })
    await database.start(cats, define('notes', { cat_id: Ref('cats') }), things({ name: text }))
    await database.start(cats, things({ name: text, cat_id: Type.Optional(Ref('cats')) }))
    await database.start(cats, things({ name: text }))
    const after = [define('cats', { name: text }, { key: 'name' }), things({ name: text })]
    const told = t.capture(console, 'error')
    t.capture(console, 'log')
    const order = { folder, title: 'x', tablesOf: tablesOf(after), said: {} }
    t.equal(await writeMigration(database.store, order), 1)
    t.match(
      told().flatMap(({ args }) => args),
      [
        /cats has the key id and should have name, and (?:notes, things\.cat_id|things\.cat_id, notes), which no definition has any more, refers to it by the old one: first drop that \('migrate --drop (?:notes|things\.cat_id)'\)/,
      ],
    )
    const drop = { names: ['notes', 'things.cat_id'], confirmed: true }
    await database.to({ defined: [cats, things({ name: text })], extent: 'full', drop })
    await writeMigration(database.store, { ...order, folder: `${folder}/then` })
    const files = await loadMigrations(`${folder}/then/${database.store.dialect.name}`)
    await database.to({ defined: after, files, extent: 'full' })
  },
)

t.test('where it is not known what takes a file back, the file says so', async t => {
  const folder = folderOf(t)
  const database = new Database(t, `sqlite:${folder}/test.db`)
  await database.start(things({ size: Type.Object({ a: Type.Integer() }) }))
  const order = { folder, title: 'x', tablesOf: tablesOf([things({ size: text })]), said: {} }
  await quietly(t, () => writeMigration(database.store, order))
  for (const { name } of databases) {
    const [file] = await loadMigrations(`${folder}/${name}`)
    t.equal(file?.undo, undefined)
    t.match(
      file?.text,
      /^-- What takes it back is not known; write it below a line '-- undo':\n-- {3}things\.size was string and is object/m,
    )
  }
})
