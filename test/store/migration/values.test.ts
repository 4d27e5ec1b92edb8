// Values that a definition says or the rows have: kinds that share a type, defaults, times of creation.

import { type TSchema, Type } from '@sinclair/typebox'
import { CreatedAt, CreatedBy, UpdatedAt, Uuid } from '../../../src/resource/resource.ts'
import type { SqlValue } from '../../../src/resource/row.ts'
import { define } from '../../support/definitions.ts'
import { Database } from '../../support/migrations.ts'
import { onEveryDatabase } from '../../support/service.ts'

const text = Type.String({ minLength: 1, maxLength: 20 })
const things = (n: TSchema, options: object = {}) => define('things', { name: text, n }, options)

interface Kinds {
  readonly what: string
  readonly before: TSchema
  readonly after: TSchema
  readonly breaks: SqlValue
  readonly keeps: SqlValue
}

const kinds: readonly Kinds[] = [
  {
    what: 'a text becomes a list',
    before: Type.String({ maxLength: 50 }),
    after: Type.Array(Type.String()),
    breaks: 'hello',
    keeps: '["a"]',
  },
  {
    what: 'a text that is JSON, but no list, becomes a list',
    before: Type.String({ maxLength: 50 }),
    after: Type.Array(Type.String()),
    breaks: '12',
    keeps: '[]',
  },
  {
    what: 'a number becomes a yes or no',
    before: Type.Integer(),
    after: Type.Boolean(),
    breaks: 5,
    keeps: 1,
  },
  {
    what: 'a list becomes a text',
    before: Type.Array(Type.String()),
    after: Type.String({ maxLength: 5 }),
    breaks: '["long enough"]',
    keeps: '["a"]',
  },
]

for (const { what, before, after, breaks, keeps } of kinds)
  onEveryDatabase(
    `a field of another kind is never taken over by a start: ${what}`,
    async (t, url) => {
      const database = new Database(t, url)
      await database.start(things(before))
      await database.insert(things(before), null, 'one', keeps)
      await database.insert(things(before), null, 'two', breaks)
      t.match(
        await database.refusal({ defined: [things(after)] }),
        /things\.n (?:breaks its rules .* in the row 2:|is .* and should be) /,
      )
      const step = { defined: [things(after)], extent: 'full' } as const
      const refusal = await database.refusal(step)
      t.match(
        String(await database.plan(step).catch(String)),
        refusal.split('\n')[1],
        'and --check says so',
      )
      // Where both kinds have one type, rows are looked at; elsewhere a file converts them.
      if (database.store.dialect.name === 'postgres') {
        t.match(refusal, /things\.n is .* should be .*: convert it in/)
        return
      }
      t.match(refusal, /things\.n .* in the row 2:/)
      await database.run('delete from things where id = 2')
      await database.to(step)
      t.strictSame((await database.start(things(after))).statements, [])
      t.match(
        await database.refusal({ defined: [things(before)] }),
        /stricter definition by 'migrate'/,
      )
    },
  )

onEveryDatabase('rows without a value get the default that a field has now', async (t, url) => {
  const database = new Database(t, url)
  await database.start(things(Type.Optional(text)))
  await database.insert(things(Type.Optional(text)), null, 'one', null)
  await database.insert(things(Type.Optional(text)), null, 'two', 'old')
  const filled = things(Type.String({ minLength: 1, maxLength: 20, default: 'new' }))
  t.match(
    await database.refusal({ defined: [filled] }),
    /things\.n is required now: .* run the command 'migrate'/,
  )
  await database.migrate(filled)
  t.strictSame(await database.rows('name, n', 'things'), [
    ['one', 'new'],
    ['two', 'old'],
  ])
  t.strictSame((await database.start(filled)).statements, [])
})

onEveryDatabase(
  'another default is brought to the column, where instances of before get it',
  async (t, url) => {
    const database = new Database(t, url)
    const plain = define('things', { name: text })
    const withDefault = (value?: number) =>
      things(value === undefined ? Type.Optional(Type.Integer()) : Type.Integer({ default: value }))
    await database.start(plain)
    await database.start(withDefault(1))
    await database.insert(plain, null, 'one')
    await database.start(withDefault(2))
    await database.insert(plain, null, 'two')
    await database.start(withDefault())
    await database.insert(plain, null, 'three')
    t.strictSame(await database.rows('name, n', 'things'), [
      ['one', 1],
      ['two', 2],
      ['three', null],
    ])
    t.strictSame((await database.start(withDefault())).statements, [])
  },
)

for (const before of ['absent', 'optional'] as const)
  onEveryDatabase(
    `rows get the time of the migration as that of their creation: ${before}`,
    async (t, url) => {
      const database = new Database(t, url)
      const plain =
        before === 'absent'
          ? define('things', { name: text })
          : define('things', { name: text, at: Type.Optional(CreatedAt()) })
      const timed = define('things', { name: text, at: CreatedAt() })
      await database.start(plain)
      await database.insert(plain, null, 'one', ...(before === 'absent' ? [] : [null]))
      t.match(
        await database.refusal({ defined: [timed] }),
        /things\.at is .*required.*: .* run the command 'migrate'/,
      )
      const step = { defined: [timed], extent: 'full', now: '2026-05-01T12:00:00.000Z' } as const
      t.match((await database.plan(step)).statements.join('\n'), /'2026-05-01T12:00:00\.000Z'/)
      await database.to(step)
      t.strictSame(await database.rows('name, at', 'things'), [['one', '2026-05-01T12:00:00.000Z']])
      t.strictSame((await database.start(timed)).statements, [])
    },
  )

onEveryDatabase(
  'rows there are get UUIDs, each its own, and the time of the migration; who created them nobody knows',
  async (t, url) => {
    const database = new Database(t, url)
    await database.start(define('things', { name: text }))
    for (const name of ['one', 'two'])
      await database.insert(define('things', { name: text }), null, name)
    const made = define(
      'things',
      { name: text, uuid: Uuid(), changed: UpdatedAt() },
      { unique: ['uuid'] },
    )
    await database.to({ defined: [made], extent: 'full', now: '2026-05-01T12:00:00.000Z' })
    const rows = await database.rows('uuid, changed', 'things')
    t.strictSame(
      rows.map(([, changed]) => changed),
      ['2026-05-01T12:00:00.000Z', '2026-05-01T12:00:00.000Z'],
    )
    t.equal(new Set(rows.map(([uuid]) => uuid)).size, 2)
    for (const [uuid] of rows)
      t.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    t.match(
      await database.refusal({
        defined: [define('things', { name: text, by: CreatedBy() })],
        extent: 'full',
      }),
      /things\.by is new and required, and there are rows \(2\): make it optional/,
    )
  },
)

onEveryDatabase(
  'a required field is added where there is no row yet, by migrate',
  async (t, url) => {
    const database = new Database(t, url)
    await database.start(define('things', { name: text }))
    const later = things(text)
    t.match(
      await database.refusal({ defined: [later] }),
      /things\.n is new and required: .* run the command 'migrate'/,
    )
    await database.migrate(later)
    t.strictSame((await database.start(later)).statements, [])
    await t.rejects(database.insert(later, null, 'a', null), { message: /NOT NULL|not-null/ })
    await t.rejects(database.insert(later, null, 'a', ''), { message: /CHECK|check/ })
  },
)

onEveryDatabase(
  'numbers that were given away are not given again by a table that is made anew',
  async (t, url) => {
    const database = new Database(t, url)
    const withDefault = (value: number) => things(Type.Integer({ default: value }))
    await database.start(withDefault(1))
    for (const name of ['a', 'b', 'c']) await database.insert(withDefault(1), null, name, 1)
    await database.run('delete from things where id > 1')
    await database.start(withDefault(2))
    t.strictSame(await database.insert(withDefault(2), null, 'd', 2), [4, 'd', 2])
    await database.run('delete from things')
    await database.start(withDefault(3))
    t.strictSame(await database.insert(withDefault(3), null, 'e', 3), [5, 'e', 3])
  },
)

onEveryDatabase('a row that is deleted but kept is named as such', async (t, url) => {
  const database = new Database(t, url)
  const kept = (n: TSchema) => things(n, { keepDeleted: true })
  await database.start(kept(Type.Integer()))
  await database.insert(kept(Type.Integer()), null, 'one', 50)
  await database.run(`update things set _deleted_at = 'now'`)
  const refusal = await database.refusal({
    defined: [kept(Type.Integer({ maximum: 9 }))],
    extent: 'full',
  })
  t.match(
    refusal,
    /things\.n breaks check \(.*\) in the row 1 \(deleted, but kept\): change them in/,
  )
})

for (const [what, before] of [
  ['that is unique', { unique: ['n'] }],
  ['that is unique from now on', {}],
] as const)
  onEveryDatabase(
    `a default of a field ${what} is refused where rows would share it`,
    async (t, url) => {
      const database = new Database(t, url)
      const optional = things(Type.Optional(text), before)
      const after = things(Type.String({ minLength: 1, maxLength: 20, default: 'x' }), {
        unique: ['n'],
      })
      await database.start(optional)
      for (const n of ['x', null, 'y']) await database.insert(optional, null, 'a', n)
      const shared = /things should be unique by n, and several rows would share "x": change/
      t.match(await database.refusal({ defined: [after], extent: 'full' }), shared)
      t.match(await database.check({ defined: [after] }), shared)
      t.strictSame(await database.rows('n', 'things'), [['x'], [null], ['y']])
      await database.run('delete from things where id = 1')
      await database.migrate(after)
      t.strictSame(await database.rows('n', 'things'), [['x'], ['y']])
    },
  )
