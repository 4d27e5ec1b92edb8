// `migrate new`: for each kind of change that a definition cannot say, the file that it writes leads to the tables that
// are wanted, with the rows that were there.

import { type TProperties, Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { writeMigration } from '../../src/commands/migrate-new.ts'
import { loadMigrations } from '../../src/definitions/load.ts'
import { resourcesToModels } from '../../src/resource/derive.ts'
import type { DefinedResource } from '../../src/resource/model.ts'
import { Ref } from '../../src/resource/resource.ts'
import type { Row, SqlValue } from '../../src/resource/row.ts'
import type { Dialect } from '../../src/store/store.ts'
import { modelToTable } from '../../src/store/table.ts'
import { define } from '../support/definitions.ts'
import { Database } from '../support/migrations.ts'
import { folderOf } from '../support/process.ts'
import { databases, onEveryDatabase } from '../support/service.ts'

const text = Type.String({ minLength: 1, maxLength: 20 })

interface Change {
  readonly what: string
  readonly before: readonly DefinedResource[]
  /** What they are brought to before the rest. */
  readonly between?: readonly DefinedResource[]
  readonly after: readonly DefinedResource[]
  readonly rows: readonly (readonly [table: number, ...values: SqlValue[]])[]
  readonly rename?: readonly string[]
  readonly fill?: readonly string[]
  /** By what is selected. */
  readonly found: Readonly<Record<string, readonly Row[]>>
  /** Whether SQLite stores both kinds alike, so that only PostgreSQL needs a file. */
  readonly unneeded?: 'sqlite'
}

const things = (fields: TProperties, options = {}) => define('things', fields, options)

const changes: readonly Change[] = [
  {
    what: 'a field is renamed, with its limits, index and unique set',
    before: [things({ name: text, code: text }, { unique: [['name', 'code']], index: ['name'] })],
    after: [things({ title: text, code: text }, { unique: [['title', 'code']], index: ['title'] })],
    rows: [[0, null, 'a', 'b']],
    rename: ['things.name=title'],
    found: { 'id, title, code from things': [[1, 'a', 'b']] },
  },
  {
    what: 'two fields change places',
    before: [things({ one: text, other: text })],
    after: [things({ other: text, one: text })],
    rows: [[0, null, 'a', 'b']],
    rename: ['things.one=other', 'things.other=one'],
    found: { 'one, other from things': [['b', 'a']] },
  },
  {
    what: 'a resource to which another refers is renamed, and so is the field that refers',
    before: [define('cats', { name: text }), things({ cat_id: Ref('cats') })],
    after: [define('pets', { name: text }), things({ pet_id: Ref('pets') })],
    rows: [
      [0, null, 'Tom'],
      [1, null, 1],
    ],
    rename: ['cats=pets', 'things.cat_id=pet_id'],
    found: { 'id, name from pets': [[1, 'Tom']], 'id, pet_id from things': [[1, 1]] },
  },
  {
    what: 'a required field is new, of every kind',
    before: [things({ name: text })],
    after: [
      things({
        name: text,
        state: Type.String({ maxLength: 9 }),
        level: Type.Integer({ minimum: 1 }),
        share: Type.Number(),
        done: Type.Boolean(),
        tags: Type.Array(text),
      }),
    ],
    rows: [[0, null, 'a']],
    fill: [
      "things.state=it's",
      'things.level=3',
      'things.share=0.5',
      'things.done=true',
      'things.tags=["x"]',
    ],
    found: {
      "name, state, level, share, cast(done as text) in ('1', 'true') from things": [
        ['a', "it's", 3, 0.5, true],
      ],
    },
  },
  {
    what: 'a field becomes required, and rows have no value',
    before: [things({ note: Type.Optional(text) })],
    after: [things({ note: text })],
    rows: [
      [0, null, null],
      [0, null, 'kept'],
    ],
    fill: ['things.note=none'],
    found: { 'note from things': [['kept'], ['none']] },
  },
  {
    what: 'texts become integers, under other limits and an index',
    before: [things({ size: text }, { index: ['size'] })],
    after: [things({ size: Type.Integer({ minimum: 0 }) }, { index: ['size'] })],
    rows: [[0, null, '12']],
    found: { 'size from things': [[12]] },
  },
  {
    what: 'a text becomes a list of one',
    before: [things({ tags: text })],
    after: [things({ tags: Type.Array(text) })],
    rows: [[0, null, 'a']],
    found: { "replace(cast(tags as text), ' ', '') from things": [['["a"]']] },
  },
  {
    what: 'a boolean becomes a number of things, and is renamed',
    before: [things({ done: Type.Boolean() })],
    after: [things({ times: Type.Integer() })],
    rows: [[0, null, true]],
    rename: ['things.done=times'],
    found: { 'times from things': [[1]] },
  },
  {
    what: 'a boolean becomes an integer',
    before: [things({ done: Type.Boolean() })],
    after: [things({ done: Type.Integer() })],
    rows: [[0, null, true]],
    found: { 'done from things': [[1]] },
    unneeded: 'sqlite',
  },
  {
    what: 'the key is another field, and what refers to it follows',
    before: [
      define('users', { name: text, email: text }, { key: 'name' }),
      define('posts', { user: Ref<string>('users') }),
    ],
    after: [
      define('users', { name: text, email: text }, { key: 'email' }),
      define('posts', { user: Ref<string>('users') }),
    ],
    rows: [
      [0, 'u', 'e'],
      [1, null, 'u'],
    ],
    found: {
      'name, email, 1 as id from users': [['u', 'e', 1]],
      'id, "user" from posts': [[1, 'e']],
    },
  },
  {
    what: 'the key is a field from now on, under another name than the table had',
    before: [define('users', { name: text }), define('posts', { user: Ref('users') })],
    after: [
      define('people', { name: text }, { key: 'name' }),
      define('posts', { user: Ref<string>('people') }),
    ],
    rows: [
      [0, null, 'u'],
      [1, null, 1],
    ],
    rename: ['users=people'],
    found: { 'name, 1 as id from people': [['u', 1]], 'id, "user" from posts': [[1, 'u']] },
  },
  {
    what: 'a field that was gone is there again, of another kind and required',
    before: [things({ name: text, size: Type.Optional(text) }, { index: ['size'] })],
    between: [things({ name: text })],
    after: [things({ name: text, size: Type.Integer() })],
    rows: [[0, null, 'a', '7']],
    found: { 'id, name, size from things': [[1, 'a', 7]] },
  },
  {
    what: 'a resource that was gone is there again, with a field of another kind',
    before: [things({ name: text }), define('notes', { text: Type.Boolean() })],
    between: [things({ name: text })],
    after: [things({ name: text }), define('notes', { text })],
    rows: [[1, null, true]],
    found: { 'id, text from notes': [[1, 'true']] },
  },
]

const tablesOf = (defined: readonly DefinedResource[]) => (dialect: Dialect) =>
  resourcesToModels(defined).map(model => modelToTable(dialect, model))

async function fill(database: Database, { before, rows, between }: Change): Promise<void> {
  await database.start(...before)
  for (const [index, ...values] of rows)
    await database.insert(before[index] as DefinedResource, ...values)
  if (between !== undefined) await database.start(...between)
}

/** Runs without its report. */
async function quietly<T>(t: Test, task: () => Promise<T>): Promise<T> {
  t.capture(console, 'log')
  t.capture(console, 'error')
  return task()
}

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
      const [columns = '', table] = selected.split(' from ')
      const got = await database.store.query({
        text: `select ${columns} from ${table} order by 1`,
        values: [],
      })
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
