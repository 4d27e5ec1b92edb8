// A row that a migration gives another value is another state of it: it has another revision, and the others keep theirs.

import { type TSchema, Type } from '@sinclair/typebox'
import type { DefinedResource } from '../../../src/resource/model.ts'
import { CreatedAt, Ref, Refs } from '../../../src/resource/resource.ts'
import type { SqlValue } from '../../../src/resource/row.ts'
import { plain } from '../../../src/store/store.ts'
import { define } from '../../support/definitions.ts'
import { Database } from '../../support/migrations.ts'
import { onEveryDatabase } from '../../support/service.ts'

interface Change {
  readonly what: string
  readonly before: readonly DefinedResource[]
  readonly after: readonly DefinedResource[]
  /** Of the last resource, without their key. */
  readonly rows: readonly (readonly SqlValue[])[]
  /** The ids of those that are other ones then. */
  readonly other: readonly number[]
  /** Which kinds of database do it without a file; both by default. */
  readonly on?: 'sqlite'
}

const text = Type.String({ minLength: 1, maxLength: 40 })
const integer = Type.Integer()
const things = (note: TSchema) => define('things', { note })
const cats = define('cats', { name: text })

const changes: readonly Change[] = [
  {
    what: 'an optional field gets a default',
    before: [things(Type.Optional(text))],
    after: [things(Type.String({ minLength: 1, maxLength: 40, default: 'x' }))],
    rows: [['a'], [null]],
    other: [2],
  },
  {
    what: 'an optional time of creation is required',
    before: [things(Type.Optional(CreatedAt()))],
    after: [things(CreatedAt())],
    rows: [['2026-01-01T00:00:00.000Z'], [null]],
    other: [2],
  },
  {
    what: 'a field gets a default and refers',
    before: [cats, things(Type.Optional(integer))],
    after: [cats, things(Ref('cats', { default: 1 }))],
    rows: [[null], [1]],
    other: [1],
  },
  {
    what: 'a limit gets wider, and another one narrower',
    before: [things(Type.Integer({ minimum: 1, maximum: 5 }))],
    after: [things(Type.Integer({ minimum: 0, maximum: 4 }))],
    rows: [[1], [2]],
    other: [],
  },
  {
    what: 'a number is read as a truth',
    before: [things(Type.Optional(integer))],
    after: [things(Type.Optional(Type.Boolean()))],
    rows: [[1], [null], [0]],
    other: [1, 3],
    on: 'sqlite',
  },
  {
    what: 'a text is read as a list, and another field gets a default',
    before: [define('things', { note: text, more: Type.Optional(integer) })],
    after: [define('things', { note: Type.Array(text), more: Type.Integer({ default: 1 }) })],
    rows: [
      ['["a"]', 1],
      ['["b"]', null],
    ],
    other: [1, 2],
    on: 'sqlite',
  },
]

for (const { what, before, after, rows, other, on } of changes)
  onEveryDatabase(`only rows that change get another revision: ${what}`, async (t, url) => {
    const database = new Database(t, url)
    await database.start(...before)
    if (before.includes(cats)) await database.insert(cats, null, 'c')
    for (const row of rows) await database.insert(before.at(-1) as DefinedResource, null, ...row)
    const old = await database.rows('id, _rev', 'things')
    if (on !== undefined && database.store.dialect.name !== on) {
      t.match(await database.refusal({ defined: after, extent: 'full' }), /convert it in/)
      return
    }
    await database.migrate(...after)
    const now = new Map((await database.rows('id, _rev', 'things')).map(([id, rev]) => [id, rev]))
    const changed = old.filter(([id = null, rev]) => now.get(id) !== rev).map(([id]) => id)
    t.strictSame(changed, other)
    const known = old.map(([, rev]) => Number(rev))
    t.ok(
      other.every(id => Number(now.get(id)) > Math.max(...known)),
      'a revision is never used twice',
    )
  })

const users = { username: text, email: text }
const posts = define('posts', { user: Type.Optional(Ref('users')) })

for (const [what, before, values] of [
  ['another one', define('users', users, { key: 'username' }), ['u', 'e']],
  ['one of another kind', define('users', users), [null, 'u', 'e']],
] as const)
  onEveryDatabase(`rows that refer by ${what} are other ones`, async (t, url) => {
    const database = new Database(t, url)
    await database.start(before, posts)
    const [made = null] = await database.insert(before, ...values)
    for (const user of [made, null]) await database.insert(posts, null, user)
    const old = await database.rows('_rev', 'posts')
    const defined = [define('users', users, { key: 'email' }), posts]
    const [, script = ''] = /:\n\n(.*;)\n/s.exec(await database.refusal({ defined })) ?? []
    await database.to({ defined, files: [{ name: '0001-key.sql', text: script }], extent: 'full' })
    const now = await database.rows('_rev, "user"', 'posts')
    t.equal(now[0]?.[1], 'e')
    t.not(now[0]?.[0], old[0]?.[0])
    t.equal(now[1]?.[0], old[1]?.[0])
  })

const teams = define('teams', { name: text, users: Refs('users') })
const friends = (options?: object) => define('users', { ...users, users: Refs('users') }, options)

for (const [what, holders, before, after] of [
  [
    'others',
    'teams',
    [define('users', users), teams],
    [define('users', users, { key: 'email' }), teams],
  ],
  ['their like', 'users', [friends()], [friends({ key: 'email' })]],
] as const)
  onEveryDatabase(`rows that list ${what} by a key that changes are other ones`, async (t, url) => {
    const database = new Database(t, url)
    const read = async (text: string) => (await database.store.query(plain(text))).flat()
    const revisions = `select _rev from ${holders} order by ${holders === 'teams' ? 'name' : 'email'}`
    await database.start(...before)
    for (const name of ['a', 'b']) await database.insert(before[0], null, name, name)
    if (holders === 'teams') for (const name of ['a', 'b']) await database.insert(teams, null, name)
    const list = `${holders}_users`
    await database.run(`insert into ${list} (holder, item, position, _rev) values (2, 1, 0, 0)`)
    const old = await read(revisions)
    const [, script = ''] = /:\n\n(.*;)\n/s.exec(await database.refusal({ defined: after })) ?? []
    const files = [{ name: '0001-key.sql', text: script }]
    await database.to({ defined: after, files, extent: 'full' })
    t.strictSame(await read(`select item from ${list}`), ['a'])
    const now = await read(revisions)
    t.equal(now[0], old[0])
    t.ok(
      Number(now[1]) > Math.max(...old.map(Number)),
      'the one with the list has another revision',
    )
  })
