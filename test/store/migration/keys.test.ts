// The key of a resource changes: by a file that the message gives, and by migrate where only who makes it changes.

import { Type } from '@sinclair/typebox'
import type { Test } from 'tap'
import type { DefinedResource } from '../../../src/resource/model.ts'
import { Ref } from '../../../src/resource/resource.ts'
import type { Row, SqlValue } from '../../../src/resource/row.ts'
import { define } from '../../support/definitions.ts'
import { Database } from '../../support/migrations.ts'
import { onEveryDatabase } from '../../support/service.ts'

const text = Type.String({ minLength: 1, maxLength: 20 })

interface Change {
  readonly what: string
  readonly before: readonly DefinedResource[]
  readonly after: readonly DefinedResource[]
  readonly rows: readonly (readonly [table: number, ...values: SqlValue[]])[]
  readonly told: RegExp
  /** By the name of the table. */
  readonly found: Readonly<Record<string, readonly Row[]>>
}

const users = { username: text, email: text }
const posts = define('posts', { user: Ref('users'), note: Type.Optional(text) })

const changes: readonly Change[] = [
  {
    what: 'from one field to another',
    before: [define('users', users, { key: 'username' }), posts],
    after: [define('users', users, { key: 'email', unique: ['username'] }), posts],
    rows: [
      [0, 'u1', 'e1'],
      [0, 'u2', 'e2'],
      [1, null, 'u2', 'n'],
    ],
    told: /users has the key username and should have email: write this in migrations\/\w+\/<number>-<name>\.sql \('migrate new NAME' writes one\), and run 'migrate':/,
    found: {
      'username, email from users': [
        ['u1', 'e1'],
        ['u2', 'e2'],
      ],
      'id, "user", note from posts': [[1, 'e2', 'n']],
    },
  },
  {
    what: 'from one that the server makes to a field',
    before: [define('users', users), posts],
    after: [define('users', users, { key: 'username' }), posts],
    rows: [
      [0, null, 'u1', 'e1'],
      [0, null, 'u2', 'e2'],
      [1, null, 2, 'n'],
    ],
    told: /users has the key id and should have username/,
    found: {
      'username, email from users': [
        ['u1', 'e1'],
        ['u2', 'e2'],
      ],
      'id, "user", note from posts': [[1, 'u2', 'n']],
    },
  },
  {
    what: 'from a field to one that the server makes',
    before: [define('users', users, { key: 'username' }), posts],
    after: [define('users', users), posts],
    rows: [
      [0, 'u1', 'e1'],
      [0, 'u2', 'e2'],
      [1, null, 'u2', 'n'],
    ],
    told: /users has the key username and should have id/,
    found: {
      'id, username, email from users': [
        [1, 'u1', 'e1'],
        [2, 'u2', 'e2'],
      ],
      'id, "user", note from posts': [[1, 2, 'n']],
    },
  },
]

for (const { what, before, after, rows, told, found } of changes)
  onEveryDatabase(
    `a key is changed by the file that the message gives: ${what}`,
    async (t, url) => {
      const database = new Database(t, url)
      await database.start(...before)
      for (const [index, ...values] of rows)
        await database.insert(before[index] as DefinedResource, ...values)
      for (const extent of ['additive', 'full'] as const)
        t.match(await database.refusal({ defined: after, extent }), told)

      const files = [
        { name: '0001-key.sql', text: scriptOf(await database.refusal({ defined: after })) },
      ]
      await database.to({ defined: after, files, extent: 'full' })
      await hasRows(t, database, found)
      t.match(await database.to({ defined: after, files }), { statements: [], outdated: false })
      await t.rejects(database.run('delete from users'), { code: 'reference' })
      await t.rejects(database.run(`insert into users select * from users`), { code: 'unique' })
    },
  )

function scriptOf(refusal: string): string {
  const [, script = ''] = /:\n\n(.*;)\n/s.exec(refusal) ?? []
  return script
}

async function hasRows(t: Test, { store }: Database, found: Change['found']) {
  for (const [selected, rows] of Object.entries(found))
    t.strictSame(await store.query({ text: `select ${selected} order by 1`, values: [] }), rows)
}

onEveryDatabase(
  'numbers of a key that the server makes from now on begin after those there are',
  async (t, url) => {
    const database = new Database(t, url)
    const chosen = define('things', { id: Type.Integer({ minimum: 1 }), name: text }, { key: 'id' })
    const made = define('things', { name: text })
    await database.start(chosen)
    await database.insert(chosen, 7, 'a')
    t.match(
      await database.refusal({ defined: [made] }),
      /things\.id is chosen by the server now: .* run the command 'migrate'/,
    )
    await database.migrate(made)
    t.strictSame(await database.insert(made, null, 'b'), [8, 'b'])
    t.strictSame((await database.start(made)).statements, [])

    await database.run('delete from things where id = 8')
    t.match(
      await database.refusal({ defined: [chosen], extent: 'additive' }),
      /stricter definition/,
    )
    await database.migrate(chosen)
    t.strictSame((await database.start(chosen)).statements, [])
    await t.rejects(database.insert(chosen, 0, 'c'), { message: /CHECK|check/ })
  },
)

onEveryDatabase('a key that is a new field is added and filled first', async (t, url) => {
  const database = new Database(t, url)
  await database.start(define('users', { email: text }))
  t.match(
    await database.refusal({
      defined: [define('users', users, { key: 'username' })],
      extent: 'full',
    }),
    /users has the key id and should have username, which is new: first add username as a field that is not the key/,
  )
})
