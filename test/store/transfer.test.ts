// How gathered rows come to their table on SQLite.

import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { Line, resource } from '../../src/resource/resource.ts'
import { sqliteDialect as dialect } from '../../src/store/sqlite/dialect.ts'
import { openSqlite } from '../../src/store/sqlite/driver.ts'
import { createStage, stageRows } from '../../src/store/stage.ts'
import { plain, type Session, type Store } from '../../src/store/store.ts'
import { modelToTable, type Table } from '../../src/store/table.ts'
import { Transfer } from '../../src/store/transfer.ts'
import { modelOf } from '../support/model.ts'

const fields = Type.Object({
  name: Line({ maxLength: 20 }),
  area: Type.Integer({ minimum: 0 }),
})
const [simple, searched, singular] = [{}, { search: ['name'] }, { unique: [['name']] }].map(more =>
  modelToTable(
    dialect,
    modelOf(resource('lands', fields, { description: 'L', index: [['area']], ...more } as never)),
  ),
) as [Table, Table, Table]

const owner = ''
const rows = [
  [1, null, 'A', 3],
  [2, 70, 'B', 1],
  [3, null, 'C', 2],
]

function open(t: Test, statements: readonly string[]): Promise<Store> {
  const store = openSqlite({ file: join(t.testdir(), 'a.db'), dialect })
  t.teardown(() => store.close())
  return store
    .transact(function* () {
      for (const text of statements) yield plain(text)
    })
    .then(() => store)
}

function made({ create, indexes }: Table): readonly string[] {
  return [create, ...indexes.flatMap(({ statements }) => statements)]
}

async function prepared(session: Session, table: Table): Promise<Transfer> {
  await session.run(createStage(table))
  await session.run(stageRows(table, rows))
  const transfer = new Transfer(session, table)
  await transfer.prepare({ withKeys: 1, withoutKeys: 2, owner })
  return transfer
}

/** How many tables and indexes SQLite copies. */
async function copied(t: Test, table: Table): Promise<number> {
  const store = await open(t, made(table))
  return store.aside(async session => {
    await prepared(session, table)
    const steps = await session.run(
      plain('explain insert into main."lands" select * from _stage."lands"'),
    )
    return steps.filter(([, step]) => step === 'RowData').length
  })
}

t.test('SQLite copies a table and its index as they lie, unless triggers look at rows', async t => {
  t.strictSame([await copied(t, simple), await copied(t, searched)], [2, 0])
})

for (const [what, table] of [
  ['plain', simple],
  ['searched', searched],
  ['unique', singular],
] as const)
  t.test(`rows of a table that is ${what} have keys and revisions of their own`, async t => {
    const before = `insert into "lands" ("name", "area", "_rev") values ('Z', 9, next_revision())`
    const store = await open(t, [...made(table), before])
    await store.aside(async session => {
      const transfer = await prepared(session, table)
      // They are numbered before others write.
      await store.transact(function* () {
        yield plain(before.replace('Z', 'Y'))
      })
      await session.transact(() => transfer.move())
    })
    const found = await store.query(plain('select "name", "id", "_rev" from "lands" order by "id"'))
    t.strictSame(found, [
      ['Z', 1, 1],
      ['B', 70, 3],
      ['A', 71, 2],
      ['C', 73, 4],
      ['Y', 74, 5],
    ])
    t.strictSame(await store.query(plain('pragma integrity_check')), [['ok']])
  })

t.test('a table that others change meanwhile is begun with anew', async t => {
  const store = await open(t, made(simple))
  await store.aside(async session => {
    const transfer = await prepared(session, simple)
    await store.transact(function* () {
      yield plain('alter table "lands" rename column "area" to "size"')
    })
    await t.rejects(
      session.transact(() => transfer.move()),
      { code: 'busy' },
    )
  })
  t.strictSame(await store.query(plain('select * from "lands"')), [])
})

t.test('columns that SQLite computes are left to it', async t => {
  const [create = ''] = made(simple)
  const computed = create.replace('\n) strict', `,\n "both" text as ("name" || "area")\n) strict`)
  const store = await open(t, [computed])
  await store.aside(async session => {
    const transfer = await prepared(session, simple)
    await session.transact(() => transfer.move())
  })
  const found = await store.query(plain('select "both" from "lands" order by "name"'))
  t.strictSame(found, [['A3'], ['B1'], ['C2']])
})

t.test('what a check of the database refuses, or a foreign key of it, is not stored', async t => {
  const [create = '', ...more] = made(simple)
  const pair = `,\n foreign key ("name", "area") references "pairs"\n) strict`
  const pairs = `create table "pairs" ("a" text, "b" integer, primary key ("a", "b")) strict`
  const store = await open(t, [pairs, create.replace('\n) strict', pair), ...more])
  const moved = () =>
    store.aside(async session => {
      const transfer = await prepared(session, simple)
      await session.transact(() => transfer.move())
    })
  await t.rejects(moved(), { code: 'reference' })
  t.strictSame(await store.query(plain('select * from "lands"')), [])
  await store.transact(function* () {
    yield plain(`insert into "pairs" values ('A', 3), ('B', 1), ('C', 2)`)
  })
  await moved()
  t.equal((await store.query(plain('select * from "lands"'))).length, 3)
  const bad = await open(t, [create.replace('\n) strict', `,\n check ("area" <> 2)\n) strict`)])
  await t.rejects(
    bad.aside(session => prepared(session, simple)),
    { code: 'value' },
  )
})
