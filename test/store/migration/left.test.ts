// What no definition has any more stays until it is told to go; what only its owner sees, or is deleted, is not shown.

import { Type } from '@sinclair/typebox'
import { Owner } from '../../../src/resource/resource.ts'
import { define } from '../../support/definitions.ts'
import { Database } from '../../support/migrations.ts'
import { onEveryDatabase } from '../../support/service.ts'

const text = Type.String({ minLength: 1, maxLength: 20 })
const things = define('things', { name: text })
const noted = define(
  'things',
  { name: text, note: Type.Optional(text), code: text },
  { unique: ['code'] },
)
const notes = define('notes', { name: text })

onEveryDatabase(
  'fields and resources that are gone stay in the tables, and instances of before go on',
  async (t, url) => {
    const database = new Database(t, url)
    await database.start(noted, notes)
    await database.insert(noted, null, 'a', 'one', '1')
    const started = await database.start(things)
    t.match(started, { left: ['notes', 'things.code', 'things.note'] })
    t.match(started.statements, [/^alter table "things" alter column "code" drop not null$/])
    await database.insert(things, null, 'b')
    await database.insert(things, null, 'c')

    t.match(await database.start(noted, notes), { outdated: true })
    await database.insert(noted, null, 'd', 'two', '2')
    await t.rejects(
      database.insert(noted, null, 'e', null, '1'),
      { code: 'unique' },
      'what was unique is',
    )
    await t.rejects(
      database.insert(noted, null, 'e', '', '3'),
      { message: /CHECK|check/ },
      'what was limited is',
    )
    t.match(await database.start(things), {
      statements: [],
      left: ['notes', 'things.code', 'things.note'],
    })

    t.comment('forward again, also by another way')
    const other = define('things', { name: text, count: Type.Optional(Type.Integer()) })
    t.match(await database.start(other), { left: ['notes', 'things.code', 'things.note'] })
    t.strictSame(await database.rows('name, note, code, count', 'things'), [
      ['a', 'one', '1', null],
      ['b', null, null, null],
      ['c', null, null, null],
      ['d', 'two', '2', null],
    ])
  },
)

onEveryDatabase(
  'what is left is dropped when it is told to go, and only with a word where rows lose something',
  async (t, url) => {
    const database = new Database(t, url)
    await database.start(noted, notes)
    await database.insert(noted, null, 'a', null, '1')
    await database.insert(notes, null, 'n')
    await database.start(things)
    const names = ['things.note', 'things.code', 'notes']
    const step = { defined: [things], extent: 'full' } as const
    t.match(
      await database.refusal({ ...step, drop: { names, confirmed: false } }),
      /things\.code: 1 row with a value: add --yes to lose that\n {2}notes: 1 row: add --yes to lose that$/,
    )
    t.match(
      await database.refusal({ ...step, drop: { names: ['things.name'], confirmed: true } }),
      /a definition has it/,
    )
    t.match(
      await database.refusal({ ...step, drop: { names: ['things.nothing'], confirmed: true } }),
      /it is not there/,
    )
    t.match(await database.to({ ...step, drop: { names: ['things.note'], confirmed: false } }), {
      losses: [],
    })
    const dropped = await database.to({
      ...step,
      drop: { names: ['things.code', 'notes'], confirmed: true },
    })
    t.match(dropped, { left: [], losses: ['things.code: 1 row with a value', 'notes: 1 row'] })
    t.strictSame(await database.rows('*', 'things'), [[1, 'a', 1]])
    t.match(await database.start(things), { statements: [], left: [] })
    t.match(
      await database.refusal({ defined: [noted, notes] }),
      /stricter definition/,
      'those who know it cannot start',
    )
  },
)

onEveryDatabase(
  'a field that goes while another comes may be the same, which only people can tell',
  async (t, url) => {
    const database = new Database(t, url)
    await database.start(noted)
    const renamed = define(
      'things',
      { name: text, remark: Type.Optional(text), code: text },
      { unique: ['code'] },
    )
    const refusal = await database.refusal({ defined: [renamed] })
    t.match(
      refusal,
      /things\.note is gone and things\.remark is new \(if it was renamed, write alter table "things" rename column "note" to "remark"; in migrations\/\w+\/<number>-<name>\.sql \('migrate new NAME' writes one\)\): .* run the command 'migrate'/,
    )
    const written = { name: '0001-remark.sql', text: /alter table[^;]+;/.exec(refusal)?.[0] ?? '' }
    await database.insert(noted, null, 'a', 'one', '1')
    await database.to({ defined: [renamed], files: [written], extent: 'full' })
    t.strictSame(await database.rows('remark', 'things'), [['one']])
  },
)

onEveryDatabase(
  'a resource that goes while another comes may be the same, which only people can tell',
  async (t, url) => {
    const database = new Database(t, url)
    await database.start(things)
    const renamed = define('items', { name: text })
    t.match(
      await database.refusal({ defined: [renamed] }),
      /things is gone and items is new \(if it was renamed, write alter/,
    )
    t.match(await database.migrate(renamed), { left: ['things'] })
    t.match(await database.start(renamed, things), { left: [] })
  },
)

onEveryDatabase(
  'to keep deleted rows, and to keep them no more, takes migrate, and shows none of them',
  async (t, url) => {
    const database = new Database(t, url)
    const unique = define('things', { name: text }, { unique: ['name'] })
    const kept = define('things', { name: text }, { unique: ['name'], keepDeleted: true })
    await database.start(unique)
    t.match(
      await database.refusal({ defined: [kept] }),
      /things keeps what is deleted now \(keepDeleted\): .* 'migrate'/,
    )
    await database.migrate(kept)
    t.strictSame((await database.start(kept)).statements, [])
    for (const name of ['a', 'b', 'c']) await database.insert(kept, null, name)
    await database.run(`update things set _deleted_at = 'now' where name <> 'a'`)

    t.match(await database.refusal({ defined: [unique] }), /stricter definition by 'migrate'/)
    const back = { defined: [unique], extent: 'full' } as const
    const refusal = await database.refusal(back)
    t.match(
      refusal,
      /things has deleted rows that are kept \(2\), and they would be there again: delete them by delete from/,
    )
    t.match(refusal, /or run 'migrate --drop things\._deleted_at'$/)
    const dropped = await database.to({
      ...back,
      drop: { names: ['things._deleted_at'], confirmed: true },
    })
    t.match(dropped, {
      losses: ['things._deleted_at: deleted rows that are kept (2), gone for good'],
    })
    t.strictSame(await database.rows('*', 'things'), [[1, 'a', 1]])
    t.strictSame((await database.start(unique)).statements, [])
    await t.rejects(database.insert(unique, null, 'a'), { code: 'unique' })
  },
)

onEveryDatabase('the line that the message gives deletes them too', async (t, url) => {
  const database = new Database(t, url)
  const kept = define('things', { name: text }, { keepDeleted: true })
  await database.start(kept)
  for (const name of ['a', 'b']) await database.insert(kept, null, name)
  await database.run(`update things set _deleted_at = 'now' where name <> 'a'`)
  const refusal = await database.refusal({ defined: [things], extent: 'full' })
  const written = { name: '0001-gone.sql', text: /delete from[^;]+;/.exec(refusal)?.[0] ?? '' }
  await database.to({ defined: [things], files: [written], extent: 'full' })
  t.strictSame(await database.rows('*', 'things'), [[1, 'a', 1]])
})

onEveryDatabase(
  'to give rows to their creators, and to take them away, takes migrate, and shows none of them',
  async (t, url) => {
    const database = new Database(t, url)
    const owned = define('things', { name: text }, { owner: true })
    await database.start(things)
    await database.insert(things, null, 'a')
    t.match(
      await database.refusal({ defined: [owned] }),
      /things belongs to those who create it now \(owner\): .* 'migrate'/,
    )
    await database.migrate(owned)
    await database.insert(owned, null, 'b')
    await database.run(`update things set _owner = 'ada' where name = 'b'`)

    const back = { defined: [things], extent: 'full' } as const
    const refusal = await database.refusal(back)
    t.match(
      refusal,
      /things has rows that only their owners see \(1\), and everyone would see them: delete them, or give/,
    )
    const written = { name: '0001-all.sql', text: /update "things"[^;]+;/.exec(refusal)?.[0] ?? '' }
    await database.plan({ ...back, files: [written] })
    const dropped = await database.to({
      ...back,
      drop: { names: ['things._owner'], confirmed: true },
    })
    t.match(dropped.losses, [
      'things._owner: rows that only their owners see (1), for everyone to see',
    ])
    t.strictSame(await database.rows('name', 'things'), [['a'], ['b']])
  },
)

onEveryDatabase(
  'owners that no field said become those of the field, and what belongs to nobody is for those who see all',
  async (t, url) => {
    const database = new Database(t, url)
    const hidden = define('things', { name: text }, { owner: true })
    const shown = define('things', { name: text, whose: Owner() })
    await database.start(hidden)
    for (const name of ['a', 'b']) await database.insert(hidden, null, name)
    await database.run(`update things set _owner = 'key:7' where name = 'b'`)
    t.match(await database.refusal({ defined: [shown] }), /things\.whose is new and required/)
    const dropping = {
      defined: [shown],
      extent: 'full',
      drop: { names: ['things._owner'], confirmed: true },
    } as const
    await database.to(dropping)
    await database.to(dropping)
    t.strictSame(await database.rows('name, whose', 'things'), [
      ['a', 'open'],
      ['b', 'key:7'],
    ])
    t.strictSame((await database.start(shown)).statements, [])
    await t.rejects(database.rows('_owner', 'things'), 'it is dropped once it is not needed')
  },
)
