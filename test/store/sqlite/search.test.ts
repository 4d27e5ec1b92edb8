// The words of a table in FTS5: triggers keep them true whoever writes, and what belongs to a row stays with it.

import { DatabaseSync } from 'node:sqlite'
import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { Line, resource } from '../../../src/resource/resource.ts'
import { sqliteDialect } from '../../../src/store/sqlite/dialect.ts'
import { modelToTable } from '../../../src/store/table.ts'
import { modelOf } from '../../support/model.ts'

const fields = Type.Object({
  code: Line({ minLength: 1, maxLength: 9 }),
  name: Type.Optional(Line()),
})
const numbered = resource('things', fields, { description: 'A', search: ['name'] })
const named = resource('things', fields, { description: 'A', key: 'code', search: ['name'] })

function open(t: Test, location: string, one: Parameters<typeof modelOf>[0]): DatabaseSync {
  const { create, indexes } = modelToTable(sqliteDialect, modelOf(one))
  const db = new DatabaseSync(location)
  t.teardown(() => db.close())
  for (const statement of [create, ...indexes.flatMap(({ statements }) => statements)])
    db.exec(statement)
  return db
}

function codes(db: DatabaseSync, word: string): readonly unknown[] {
  const [index] = db
    .prepare(`select name from sqlite_schema where sql like 'create virtual table %'`)
    .all() as { name: string }[]
  const found = `select "rowid" from "${index?.name}" where "${index?.name}" match ?`
  return db
    .prepare(`select code from things where _rowid_ in (${found}) order by code`)
    .all(`"${word}"`)
    .map(({ code }) => code)
}

const insert = `insert into things (code, name, _rev) values ('a', 'Ada', 1), ('b', 'Bob', 2), ('c', null, 3)`

t.test('any SQL that writes changes what is found', async t => {
  const db = open(t, ':memory:', numbered as never)
  db.exec(insert)
  t.strictSame(codes(db, 'ada'), ['a'])
  db.exec(`update things set name = 'Ada' where code <> 'a'`)
  t.strictSame(codes(db, 'ada'), ['a', 'b', 'c'])
  db.exec(`update things set id = id + 100`)
  t.strictSame(codes(db, 'ada'), ['a', 'b', 'c'])
  db.exec(`delete from things where code = 'b'`)
  t.strictSame(codes(db, 'ada'), ['a', 'c'])
  db.exec(`begin; update things set name = null; rollback`)
  t.strictSame(codes(db, 'ada'), ['a', 'c'])
})

t.test('a table with a text as its key keeps its rowids when the file is written anew', async t => {
  const folder = t.testdir()
  const db = open(t, `${folder}/a.db`, named as never)
  db.exec(insert)
  db.exec(`delete from things where code = 'a'; vacuum; vacuum into '${folder}/b.db'`)
  const copy = new DatabaseSync(`${folder}/b.db`)
  t.teardown(() => copy.close())
  for (const one of [db, copy]) {
    t.strictSame(one.prepare('select min(_rowid_) as first from things').get()?.first, 2)
    t.strictSame(codes(one, 'bob'), ['b'])
  }
})
