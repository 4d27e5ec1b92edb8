// `migrate --to`: the way back from each change that took a numbered file, with the rows that were there, and forward again.

import { mkdirSync, writeFileSync } from 'node:fs'
import { Type } from '@sinclair/typebox'
import { earlierDefinition } from '../../src/commands/migrate-back.ts'
import { writeMigration } from '../../src/commands/migrate-new.ts'
import { loadMigrations } from '../../src/definitions/load.ts'
import type { DefinedResource } from '../../src/resource/model.ts'
import { Ref } from '../../src/resource/resource.ts'
import type { Row } from '../../src/resource/row.ts'
import { migrate } from '../../src/store/migration/migrate.ts'
import type { Migration } from '../../src/store/migration/migration.ts'
import { define } from '../support/definitions.ts'
import { Database } from '../support/migrations.ts'
import { folderOf } from '../support/process.ts'
import { onEveryDatabase } from '../support/service.ts'
import {
  changes,
  fill,
  quietly,
  select,
  tablesOf,
  text,
  things,
} from '../support/written-changes.ts'

interface Way {
  readonly to: string
  readonly fill?: readonly string[]
  readonly yes?: boolean
  readonly folder: string
}

async function goBack({ store }: Database, { folder, yes, ...options }: Way): Promise<Migration> {
  const drop = { names: [], confirmed: yes === true }
  return migrate(store, { ...(await earlierDefinition(store, options, folder)), drop }, 'full')
}

/** What the tables have, but for revisions. */
async function rowsOf({ store }: Database, defined: readonly DefinedResource[]) {
  const rows: Record<string, readonly Row[]> = {}
  for (const { name, columns } of tablesOf(defined)(store.dialect)) {
    const selected = columns.filter(({ kind }) => kind !== undefined).map(({ name }) => `"${name}"`)
    const text = `select ${selected.join(', ')} from "${name}" order by 1`
    rows[name] = await store.query({ text, values: [] })
  }
  return rows
}

for (const change of changes) {
  const { what, before, between, after, back, found: _found, unneeded: _unneeded, ...said } = change
  onEveryDatabase(`${what}: back, and forward again`, async (t, url) => {
    const folder = folderOf(t)
    const database = new Database(t, url)
    await fill(database, change)
    const rows = await rowsOf(database, before)
    await quietly(t, () =>
      writeMigration(database.store, { folder, title: 'x', tablesOf: tablesOf(after), said }),
    )
    const files = await loadMigrations(`${folder}/${database.store.dialect.name}`)
    await database.to({ defined: after, files, extent: 'full' })
    const changed = await rowsOf(database, after)

    await goBack(database, { to: '1', folder, yes: true })
    if (back === undefined) t.strictSame(await rowsOf(database, before), rows)
    for (const [selected, rows] of Object.entries(back ?? {}))
      t.strictSame(await select(database, selected), rows)
    t.match(await database.to({ defined: before }), { statements: [], outdated: false })
    t.match(await database.refusal({ defined: after, files }), /run the command 'migrate'/)
    await database.to({ defined: after, files, extent: 'full' })
    t.strictSame(await rowsOf(database, after), changed)
    await goBack(database, { to: '1', folder, yes: true })
    await goBack(database, { to: between ? '3' : '2', folder, yes: true })
    t.strictSame(await rowsOf(database, after), changed, 'by the command, too')
    t.match(await database.to({ defined: after, files }), { statements: [], outdated: false })
  })
}

const note = Type.String({ maxLength: 9 })
const plainThings = things({ name: text })

/** What the way back is refused for. */
async function refusalOf(way: Promise<unknown>): Promise<string> {
  return way.then(
    () => 'It was not refused.',
    (error: Error) => error.message,
  )
}

onEveryDatabase('what the earlier definition does not show is kept and told', async (t, url) => {
  const folder = folderOf(t)
  const database = new Database(t, url)
  await database.start(plainThings)
  const later = things({ name: text, note: Type.Optional(note) })
  const cats = define('cats', { name: text })
  await database.start(later, cats)
  await database.insert(later, null, 'a', 'x')
  await database.insert(later, null, 'b', null)
  await database.insert(cats, null, 'Tom')
  const { notes, losses } = await goBack(database, { to: '1', folder })
  t.strictSame(losses, [])
  t.strictSame(notes, [
    'cats: 1 row: kept, and not shown by definition 1',
    'things.note: 1 row with a value: kept, and not shown by definition 1',
  ])
  t.match(await database.start(later, cats), { statements: [], outdated: true })
  t.strictSame(await database.rows('note', 'things'), [['x'], [null]])
})

onEveryDatabase(
  'what is dropped on the way needs --yes, with how many rows lose it',
  async (t, url) => {
    const folder = folderOf(t)
    const database = new Database(t, url)
    await database.start(plainThings)
    await database.insert(plainThings, null, 'a')
    const after = [things({ name: text, state: note })]
    const order = {
      folder,
      title: 'x',
      tablesOf: tablesOf(after),
      said: { fill: ['things.state=new'] },
    }
    await quietly(t, () => writeMigration(database.store, order))
    const files = await loadMigrations(`${folder}/${database.store.dialect.name}`)
    await database.to({ defined: after, files, extent: 'full' })
    const told = 'things.state: 1 row with a value'
    t.match(
      await refusalOf(goBack(database, { to: '1', folder })),
      `${told}: add --yes to lose that`,
    )
    t.strictSame(await database.rows('state', 'things'), [['new']], 'nothing is changed')
    t.match(await goBack(database, { to: '1', folder, yes: true }), { losses: [told] })
  },
)

onEveryDatabase(
  'what was dropped meanwhile is there again, and told to be empty',
  async (t, url) => {
    const folder = folderOf(t)
    const database = new Database(t, url)
    const cats = define('cats', { name: text })
    const noted = things({ name: text, note })
    await database.start(noted, cats)
    await database.insert(noted, null, 'a', 'x')
    await database.insert(cats, null, 'Tom')
    const drop = { names: ['things.note', 'cats'], confirmed: true }
    await database.to({ defined: [plainThings], drop, extent: 'full' })
    t.match(
      await refusalOf(goBack(database, { to: '1', folder })),
      /things\.note is new and required, and there are rows \(1\): say the value that they get, by --fill/,
    )
    const { notes } = await goBack(database, { to: '1', folder, fill: ["things.note=it's"] })
    t.strictSame(notes, ['cats was dropped, and is empty now'])
    t.strictSame(await database.rows('note', 'things'), [["it's"]])

    t.comment('an optional one gets no value')
    const optional = things({ name: text, note: Type.Optional(note) })
    await database.migrate(optional, cats)
    await database.to({
      defined: [plainThings, cats],
      drop: { names: ['things.note'], confirmed: true },
      extent: 'full',
    })
    t.match(await goBack(database, { to: '4', folder }), {
      notes: ['things.note was dropped, and has no values now'],
    })
  },
)

onEveryDatabase(
  'rows that were written meanwhile without a value get one by --fill',
  async (t, url) => {
    const folder = folderOf(t)
    const database = new Database(t, url)
    const noted = things({ name: text, note })
    await database.start(noted)
    await database.insert(noted, null, 'a', 'x')
    await database.start(plainThings)
    await database.insert(plainThings, null, 'b')
    t.match(
      await refusalOf(goBack(database, { to: '1', folder })),
      /things\.note is required now, and has no value in the row 2: .* --fill says it/,
    )
    await goBack(database, { to: '1', folder, fill: ['things.note=new'] })
    t.strictSame(await database.rows('name, note', 'things'), [
      ['a', 'x'],
      ['b', 'new'],
    ])
    t.match(await database.start(noted), { statements: [], outdated: false })
  },
)

onEveryDatabase('rows that only their owners see are shown to nobody else', async (t, url) => {
  const folder = folderOf(t)
  const database = new Database(t, url)
  await database.start(plainThings)
  await database.migrate(things({ name: text }, { owner: true }))
  await database.run(`insert into things (name, _rev, _owner) values ('a', 1, 'someone')`)
  t.match(
    await refusalOf(goBack(database, { to: '1', folder })),
    /only their owners see \(1\).* or run 'migrate --to 1 --drop things\._owner'/,
  )
})

const sayNothing = 'does not say how to take it back'
const files: readonly (readonly [what: string, text: string, told: string | undefined])[] = [
  ['a file that changes rows', `update things set name = name || '!';`, sayNothing],
  [
    'a file that changes rows after a rename',
    `alter table things rename to items; delete from items;`,
    sayNothing,
  ],
  [
    'a file that says how to take it back',
    `update things set name = name || '!';\n\n-- undo\nupdate things set name = substr(name, 1, length(name) - 1);\n`,
    undefined,
  ],
  [
    'a file of which nothing is to be taken back',
    `update things set name = 'a';\n-- undo\n-- Nothing.\n`,
    undefined,
  ],
  [
    'a way back with a mistake',
    `delete from things where name = 'b';\n-- undo\ninsert;`,
    'to take back migrations/',
  ],
]

for (const [what, sql, told] of files)
  onEveryDatabase(`the way back over ${what}`, async (t, url) => {
    const folder = folderOf(t)
    const database = new Database(t, url)
    await database.start(plainThings)
    await database.insert(plainThings, null, 'a')
    const written = `${folder}/${database.store.dialect.name}`
    mkdirSync(written)
    writeFileSync(`${written}/0001-x.sql`, sql)
    const files = await loadMigrations(written)
    const defined = [sql.includes('items') ? define('items', { name: text }) : plainThings]
    await database.to({ defined, files, extent: 'full' })
    const way = goBack(database, { to: '1', folder })
    if (told !== undefined) {
      t.match(await refusalOf(way), `0001-x.sql`)
      t.match(await refusalOf(way), told)
      return
    }
    t.match((await way).statements[0], /^-- 0001-x\.sql, taken back\n/)
    t.strictSame(await database.rows('name', 'things'), [['a']])
    t.match(await database.start(plainThings), { statements: [], outdated: false })
    await database.to({ defined, files, extent: 'full' })
  })

onEveryDatabase('a file is told later what takes it back', async (t, url) => {
  const folder = folderOf(t)
  const database = new Database(t, url)
  await database.start(plainThings)
  await database.insert(plainThings, null, 'a')
  const written = `${folder}/${database.store.dialect.name}`
  mkdirSync(written)
  // Without an end of its last line.
  const sql = `update things set name = name || '!';`
  writeFileSync(`${written}/0001-x.sql`, sql)
  await database.to({
    defined: [plainThings],
    files: await loadMigrations(written),
    extent: 'full',
  })
  t.match(await refusalOf(goBack(database, { to: '1', folder })), sayNothing)
  writeFileSync(`${written}/0001-x.sql`, `${sql}\n\n-- undo\nupdate things set name = 'a';\n`)
  await goBack(database, { to: '1', folder })
  t.strictSame(await database.rows('name', 'things'), [['a']])
})

onEveryDatabase('a number that the history does not have', async (t, url) => {
  const folder = folderOf(t)
  const database = new Database(t, url)
  t.match(await refusalOf(goBack(database, { to: '1', folder })), /there is no definition 1 in /)
  await database.start(plainThings)
  t.match(await refusalOf(goBack(database, { to: '2', folder })), /there is no definition 2 in /)
  t.match(
    await refusalOf(goBack(database, { to: 'last', folder })),
    /needs the number of a definition, not 'last'/,
  )
  t.match(
    await refusalOf(goBack(database, { to: '1', folder, fill: ['things.nmae=x'] })),
    /things\.nmae is not defined/,
  )
  t.match(await goBack(database, { to: '1', folder }), { statements: [], notes: [], losses: [] })
})

onEveryDatabase('a value for what may be empty is not asked for', async (t, url) => {
  const folder = folderOf(t)
  const database = new Database(t, url)
  const fields = { name: text, note: Type.Optional(note) }
  await database.start(things(fields))
  await database.start(things({ ...fields, size: Type.Optional(Type.Integer()) }))
  const way = { to: '1', folder, fill: ['things.note=x'] }
  t.equal(
    await refusalOf(goBack(database, way)),
    '--fill things.note: that definition asks for no value in things.note.',
  )
})

onEveryDatabase(
  'what takes a file back need not keep the rules of the later definition',
  async (t, url) => {
    const folder = folderOf(t)
    const database = new Database(t, url)
    const before = things({ name: text, size: Type.Optional(Type.Integer({ maximum: 900 })) })
    const after = things(
      { name: text, size: Type.Integer({ maximum: 90 }) },
      { unique: ['name'], index: ['size'] },
    )
    await database.start(before)
    await database.insert(before, null, 'a', 500)
    await database.insert(before, null, 'b', null)
    const written = `${folder}/${database.store.dialect.name}`
    mkdirSync(written)
    const there = 'update things set size = coalesce(size / 10, 0);'
    const back = `update things set name = 'a', size = case when size > 0 then size * 10 end;`
    writeFileSync(`${written}/0001-tens.sql`, `${there}\n-- undo\n${back}`)
    const files = await loadMigrations(written)
    await database.to({ defined: [after], files, extent: 'full' })
    t.strictSame(await database.rows('size', 'things'), [[50], [0]])
    const { statements } = await goBack(database, { to: '1', folder })
    t.match(
      statements[0],
      /^-- rules that definition 1 does not have\ndrop index "things_name_.*_key";\nalter table "things" alter column "size" drop not null;/,
    )
    t.strictSame(await database.rows('name, size', 'things'), [
      ['a', 500],
      ['a', null],
    ])
    t.match(await database.start(before), { statements: [], outdated: false })
  },
)

onEveryDatabase(
  'a file is taken back past later rules of the field that it has added',
  async (t, url) => {
    const folder = folderOf(t)
    const database = new Database(t, url)
    const cats = define('cats', { name: text })
    await database.start(cats, plainThings)
    await database.insert(cats, null, 'Tom')
    await database.insert(plainThings, null, 'a')
    const fields = { name: text, cat_id: Ref('cats') }
    const after = [cats, things({ ...fields, size: Type.Integer() })]
    const said = { fill: ['things.cat_id=1', 'things.size=3'] }
    await quietly(t, () =>
      writeMigration(database.store, { folder, title: 'x', tablesOf: tablesOf(after), said }),
    )
    const files = await loadMigrations(`${folder}/${database.store.dialect.name}`)
    await database.to({ defined: after, files, extent: 'full' })
    const later = things(
      { ...fields, size: Type.Integer({ maximum: 9 }) },
      { unique: [['name', 'size']], index: ['size'] },
    )
    await database.to({ defined: [cats, later], files, extent: 'full' })
    await goBack(database, { to: '1', folder, yes: true })
    t.match(await database.start(cats, plainThings), { statements: [], outdated: false, left: [] })
    t.strictSame(await database.rows('id, name', 'things'), [[1, 'a']])
  },
)

onEveryDatabase(
  'another key is taken back past a field that came later, and given again, with its values',
  async (t, url) => {
    const folder = folderOf(t)
    const database = new Database(t, url)
    await database.start(plainThings)
    await database.insert(plainThings, null, 'a')
    await database.insert(plainThings, null, 'b')
    const order = (tables: readonly DefinedResource[]) => ({
      folder,
      title: 'x',
      tablesOf: tablesOf(tables),
      said: {},
    })
    const keyed = define('things', { name: text }, { key: 'name' })
    await quietly(t, () => writeMigration(database.store, order([keyed])))
    const files = await loadMigrations(`${folder}/${database.store.dialect.name}`)
    await database.to({ defined: [keyed], files, extent: 'full' })
    const noted = define('things', { name: text, note: Type.Optional(note) }, { key: 'name' })
    await database.to({ defined: [noted], files })
    await database.run(`update things set note = 'x' where name = 'b'`)

    const { notes } = await goBack(database, { to: '1', folder })
    t.strictSame(notes, ['things.note: 1 row with a value: kept, and not shown by definition 1'])
    t.match(await database.start(plainThings), { statements: [], outdated: false })
    const rows = [
      [1, 'a', null],
      [2, 'b', 'x'],
    ]
    t.strictSame(await database.rows('id, name, note', 'things'), rows)
    await database.to({ defined: [noted], files, extent: 'full' })
    t.strictSame(await database.rows('id, name, note', 'things'), rows)
  },
)

onEveryDatabase('a resource is split, and taken back past its new field', async (t, url) => {
  const folder = folderOf(t)
  const database = new Database(t, url)
  const authors = define('authors', { name: text }, { unique: ['name'] })
  const single = define('books', { author: text })
  const both = define('books', { author: text, author_id: Type.Optional(Ref('authors')) })
  const split = define('books', { author_id: Ref('authors') })
  await database.start(single)
  for (const name of ['Ann', 'Bob', 'Ann']) await database.insert(single, null, name)
  await database.start(authors, both)
  const { name, nextRevision } = database.store.dialect
  mkdirSync(`${folder}/${name}`)
  writeFileSync(
    `${folder}/${name}/0001-split.sql`,
    `insert into "authors" ("name", "_rev") select "author", ${nextRevision} from "books" group by "author";
update "books" set "author_id" = (select "id" from "authors" where "name" = "author"), "_rev" = ${nextRevision};

-- undo
update "books" set "author" = (select "name" from "authors" where "id" = "author_id"), "author_id" = null, "_rev" = ${nextRevision};
delete from "authors";
`,
  )
  const files = await loadMigrations(`${folder}/${name}`)
  const namesOf = () =>
    select(database, 'books.id, name from books join authors on authors.id = author_id')
  for (const to of ['2', '1']) {
    await database.to({ defined: [authors, split], files, extent: 'full' })
    t.strictSame((await namesOf()).slice(0, 3), [
      [1, 'Ann'],
      [2, 'Bob'],
      [3, 'Ann'],
    ])
    await database.insert(
      split,
      null,
      (await select(database, 'min(id) from authors'))[0]?.[0] ?? null,
    )
    await goBack(database, { to, folder })
    t.notMatch(await select(database, 'author from books'), [[null]])
  }
  t.match(await database.start(single), { statements: [], outdated: false })
})
