// Rules that no check of a table holds, such as a pattern, get stricter: the rows are looked at before they hold.

import { type TProperties, type TSchema, Type } from '@sinclair/typebox'
import type { Field } from '../../../src/resource/field.ts'
import type { SqlValue } from '../../../src/resource/row.ts'
import { findBreaches } from '../../../src/store/migration/broken-rules.ts'
import { modelToTable } from '../../../src/store/table.ts'
import { define } from '../../support/definitions.ts'
import { Database } from '../../support/migrations.ts'
import { modelOf } from '../../support/model.ts'
import { onEveryDatabase } from '../../support/service.ts'

const name = Type.String({ maxLength: 50 })
const things = (fields: TProperties, options: object = {}) =>
  define('things', { name, ...fields }, options)
const part = (size: TSchema) => Type.Object({ size, note: Type.Optional(Type.String()) })

interface Case {
  readonly what: string
  readonly before: TSchema
  readonly after: TSchema
  readonly keeps: SqlValue
  readonly breaks: SqlValue
  readonly mistake: RegExp
}

const cases: readonly Case[] = [
  {
    what: 'a pattern',
    before: Type.String({ maxLength: 20 }),
    after: Type.String({ maxLength: 20, pattern: '^[A-Z0-9]+$' }),
    keeps: 'A1',
    breaks: 'lower case!',
    mistake: /must match the pattern \^\[A-Z0-9\]\+\$/,
  },
  {
    what: 'fewer items',
    before: Type.Array(Type.Integer()),
    after: Type.Array(Type.Integer(), { maxItems: 2 }),
    keeps: '[1,2]',
    breaks: '[1,2,3]',
    mistake: /must NOT have more than 2 items/,
  },
  {
    what: 'a member of a list',
    before: Type.Array(part(Type.Integer())),
    after: Type.Array(part(Type.Integer({ minimum: 1 }))),
    keeps: '[{"size":1}]',
    breaks: '[{"size":1},{"size":0}]',
    mistake: /1\/size must be >= 1/,
  },
  {
    what: 'a member that is required now',
    before: Type.Object({ size: Type.Optional(Type.Integer()) }),
    after: Type.Object({ size: Type.Integer() }),
    keeps: '{"size":1}',
    breaks: '{}',
    mistake: /size is required/,
  },
  {
    what: 'a multiple',
    before: Type.Integer(),
    after: Type.Integer({ multipleOf: 5 }),
    keeps: 10,
    breaks: 7,
    mistake: /must be (?:a )?multiple of 5/,
  },
  {
    what: 'a format',
    before: Type.String({ maxLength: 40 }),
    after: Type.String({ format: 'date-time' }),
    keeps: '2026-01-01T00:00:00.000Z',
    breaks: 'yesterday',
    mistake: /must be a valid date-time/,
  },
  {
    what: 'a format, whose texts are not in the form in which they are stored',
    before: Type.String({ maxLength: 40 }),
    after: Type.String({ format: 'date-time' }),
    keeps: '2026-01-01T00:00:00.000Z',
    breaks: '2026-01-01T01:00:00+01:00',
    mistake: /must be stored as 2026-01-01T00:00:00\.000Z/,
  },
]

for (const { what, before, after, keeps, breaks, mistake } of cases)
  onEveryDatabase(
    `rows that break stricter rules are named before these hold: ${what}`,
    async (t, url) => {
      const database = new Database(t, url)
      const [earlier, later] = [before, after].map(field => things({ field: Type.Optional(field) }))
      if (earlier === undefined || later === undefined)
        throw new Error('There are two definitions.')
      await database.start(earlier)
      for (const value of [keeps, breaks, null]) await database.insert(earlier, null, 'one', value)
      const start = await database.refusal({ defined: [later] })
      const told = new RegExp(
        `things\\.field breaks its rules \\(.*${mistake.source}.*\\) in the row 2: change them`,
      )
      t.match(start, told, 'by a start')
      t.match(start, /: change them .*; then, when .* run the command 'migrate'$/)
      t.equal(start.split('\n').length, 2, 'said once')
      t.match(await database.refusal({ defined: [later], extent: 'full' }), told, 'and by migrate')
      t.strictSame((await database.start(earlier)).statements, [], 'and nothing is changed')

      await database.run('delete from things where id = 2')
      t.match(
        await database.refusal({ defined: [later] }),
        /things\.field has stricter rules now: .* run the command 'migrate'/,
        'the earlier version may still write',
      )
      const planned = await database.plan({ defined: [later] })
      t.ok(
        planned.statements.includes(
          '-- things.field: every row is looked at, because its rules are stricter now',
        ),
      )
      await database.migrate(later)
      t.strictSame((await database.migrate(later)).statements, [], 'once')
      t.strictSame((await database.start(later)).statements, [])
      t.match(await database.migrate(earlier), { outdated: false })
    },
  )

onEveryDatabase('of the rows that break a rule the first five are named', async (t, url) => {
  const database = new Database(t, url)
  const field = (options: object) => things({ code: Type.String({ maxLength: 20, ...options }) })
  const defined = [field({ pattern: '^[A-Z]+$' })]
  await database.start(field({}))
  for (let row = 1; row <= 5; row++) await database.insert(field({}), null, 'one', 'lower')
  t.match(await database.refusal({ defined }), ' in the rows 1, 2, 3, 4, 5: ')
  await database.insert(field({}), null, 'one', 'lower')
  t.match(await database.refusal({ defined }), ' in the rows 1, 2, 3, 4, 5, …: ')
})

onEveryDatabase(
  'wider rules and other words for readers are taken over without a look at the rows',
  async (t, url) => {
    const database = new Database(t, url)
    const field = (options: object) => things({ code: Type.String({ maxLength: 20, ...options }) })
    const strict = field({ pattern: '^[A-Z]+$', description: 'One' })
    await database.start(strict)
    await database.insert(strict, null, 'one', 'not even right')
    for (const later of [
      field({ pattern: '^[A-Z]+$', description: 'Two', examples: ['A'] }),
      field({}),
    ]) {
      t.strictSame((await database.plan({ defined: [later] })).statements, [])
      t.match(await database.start(later), { statements: [], outdated: false })
    }
    t.match(
      await database.start(strict),
      { outdated: true },
      'the earlier version may start beside the later one',
    )
  },
)

onEveryDatabase('rows that are marked as deleted are in nobody’s way', async (t, url) => {
  const database = new Database(t, url)
  const field = (options: object) =>
    things({ code: Type.String({ maxLength: 20, ...options }) }, { keepDeleted: true })
  await database.start(field({}))
  for (const code of ['lower', 'UPPER']) await database.insert(field({}), null, 'one', code)
  await database.run(`update things set _deleted_at = 'now' where code = 'lower'`)
  t.equal((await database.migrate(field({ pattern: '^[A-Z]+$' }))).statements.length, 1)
})

onEveryDatabase(
  'every row is looked at, however many there are, and only the first are named',
  async (t, url) => {
    const database = new Database(t, url)
    const definition = things({ code: Type.String({ maxLength: 20 }) })
    await database.start(definition)
    const { store } = database
    const numbers = 'with recursive n(i) as (select 1 union all select i + 1 from n where i < 2500)'
    await database.run(
      `insert into things (name, code, _rev) ${numbers} select 'one', case when i in (1, 1000, 1001, 2500) then 'a' else 'A' end, i from n`,
    )
    const table = modelToTable(store.dialect, modelOf(definition.resource))
    const code = table.model.fields.at(-1) as Field
    const search = { table, field: code, marksDeleted: false, limit: 10 }
    const looked = new Set<unknown>()
    const find = () => (value: unknown) => {
      looked.add(value)
      return value === 'a' ? 'is a' : undefined
    }
    t.strictSame(await store.transact(() => findBreaches(search, find)), {
      keys: [[1], [1000], [1001], [2500]],
      mistake: 'is a',
    })
    t.strictSame([...looked], ['a', 'A'])
    t.match(await store.transact(() => findBreaches({ ...search, limit: 2 }, find)), {
      keys: [[1], [1000]],
    })
  },
)
