// Tables change while others use them: nobody is kept waiting for long, and whoever is killed on the way is followed by
// one that goes on.

import { type TProperties, Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import type { DefinedResource } from '../../../src/resource/model.ts'
import { Ref } from '../../../src/resource/resource.ts'
import type { Extent } from '../../../src/store/migration/migration.ts'
import { postgresDialect } from '../../../src/store/postgres/dialect.ts'
import { define } from '../../support/definitions.ts'
import { before, catalogOf, filled, target } from '../../support/evolution.ts'
import { Database } from '../../support/migrations.ts'
import { beside, emptyPostgres } from '../../support/postgres.ts'
import { databases, onEveryDatabase } from '../../support/service.ts'

const title = Type.String({ maxLength: 50 })
const books = define('books', { title, year: Type.Optional(Type.Integer()) })
const booksWith = (fields: TProperties, options: object = {}) =>
  define('books', { title, year: Type.Optional(Type.Integer()), ...fields }, options)
const users = define('users', { name: title })

function onPostgres(name: string, run: (t: Test, url: string) => Promise<void>) {
  t.test(name, async t => {
    if (!databases.some(({ name }) => name === 'postgres')) return t.comment('only on PostgreSQL')
    await run(t, await emptyPostgres(t))
  })
}

interface Entry {
  readonly sessions: readonly {
    readonly pid: number
    readonly application: string
    readonly since: string
  }[]
  readonly message: string
}

/** A watch that keeps what is warned of, and lets it be waited for; `hear` is told the rest. */
function watching(hear: (entry: Entry) => void = () => {}) {
  const warnings: Entry[] = []
  const heard: (() => void)[] = []
  const log = {
    info: (details: object, message: string) =>
      hear({ ...(details as Omit<Entry, 'message'>), message }),
    error() {},
    warn(details: object, message: string) {
      warnings.push({ ...(details as Omit<Entry, 'message'>), message })
      for (const hear of heard.splice(0)) hear()
    },
  }
  const warned = () => new Promise<void>(resolve => heard.push(resolve))
  return { watch: { log, tell() {}, interval: 50 }, warnings, warned }
}

onPostgres(
  'a start behind a long reader lets others read on, says who it waits for, and ends',
  async (t, url) => {
    const database = new Database(t, url)
    await database.start(books, users)
    const reader = await beside(t, database.store)
    await reader.unsafe(`set application_name = 'a long report'; begin; select * from books`)
    const [row] = await reader.unsafe('select pg_backend_pid() as pid')

    const { watch, warnings, warned } = watching()
    const note = Type.Optional(Type.String({ maxLength: 20 }))
    const started = database.to({
      defined: [booksWith({ note }), define('users', { name: title, note })],
      watch,
    })
    const other = await beside(t, database.store)
    await other.unsafe(`set lock_timeout = '3s'`)
    for (let times = 0; times < 2; times++) {
      await warned()
      await other.unsafe('select * from users')
      await other.unsafe('select * from books')
    }
    t.match(warnings[0], {
      message: /^books: in use/,
      sessions: [{ pid: row?.pid, application: 'a long report' }],
    })
    t.match(warnings[0]?.sessions[0]?.since, /^\d{4}-\d\d-\d\dT/)

    await reader.unsafe('commit')
    t.match(await started, { outdated: false })
    t.strictSame(await database.rows('title, note'), [])
  },
)

onPostgres(
  'a lock that is not given in time stops the start, with who holds it, and nothing is half done',
  async (t, url) => {
    const database = new Database(t, url)
    await database.start(books)
    const reader = await beside(t, database.store)
    await reader.unsafe(`set application_name = 'a long report'; begin; select * from books`)
    const later = booksWith({ note: Type.Optional(Type.String({ maxLength: 20 })) })
    await t.rejects(database.to({ defined: [later], patience: 0 }), {
      message:
        /^books: still in use, so nothing was changed there \(session \d+ of a long report, in a transaction since /,
    })
    t.match(await database.start(books), { outdated: true, statements: [] })
    await reader.unsafe('commit')
    await database.start(later)
    t.strictSame((await database.start(later)).statements, [])
  },
)

onPostgres('an index that waits for an old transaction says for whose', async (t, url) => {
  const database = new Database(t, url)
  await database.start(books, users)
  const old = await beside(t, database.store)
  await old.unsafe(
    `set application_name = 'an old one'; begin isolation level repeatable read; select * from books`,
  )
  const told = Promise.withResolvers<Entry>()
  const { watch } = watching(
    entry => entry.message === 'the step waits for other sessions' && told.resolve(entry),
  )
  const started = database.to({ defined: [booksWith({}, { index: ['year'] }), users], watch })
  t.match(await told.promise, { sessions: [{ application: 'an old one', since: /^\d{4}-/ }] })
  await old.unsafe('commit')
  t.match((await started).statements, [/^create index concurrently/])
})

onPostgres(
  'while another instance changes the tables, one that has nothing to do starts at once',
  async (t, url) => {
    const database = new Database(t, url)
    await database.start(books)
    const other = await beside(t, database.store)
    await other.unsafe(`set application_name = 'the other'`)
    await other.unsafe(postgresDialect.online?.takeLock.text ?? '')
    t.match(await database.start(books), { statements: [] })
    await t.rejects(database.to({ defined: [booksWith({}, { index: ['year'] })], patience: 0 }), {
      message: /^Another instance is still changing the tables: session \d+ of the other/,
    })
  },
)

/** Ends a migration at its nth step, as far as the process goes. */
function endingAt(step: number) {
  let count = 0
  const tell = (doing: string) => {
    if (doing.startsWith('changing') && ++count > step) throw new Error('killed')
  }
  return { log: { info() {}, warn() {}, error() {} }, tell }
}

onEveryDatabase(
  'a migration that ends at any step is finished by the next, and the tables are as undisturbed',
  async (t, url) => endsAtAnyStep(t, url, target),
)

const widened = [
  ...before,
  define('labels', {
    name: Type.String({ maxLength: 20, pattern: '^[a-z]+$', examples: ['a'] }),
    note_id: Type.Optional(Ref('notes')),
  }),
  define('notes', {
    tag: Type.Optional(Type.String({ format: 'uuid' })),
    label_id: Type.Optional(Ref('labels')),
  }),
]

onEveryDatabase(
  'a start that ends at any step is finished by the next start, also where it has made tables with rules',
  async (t, url) => endsAtAnyStep(t, url, { defined: widened, extent: 'additive' }),
)

async function endsAtAnyStep(
  t: Test,
  url: string,
  goal: { readonly defined: readonly DefinedResource[]; readonly extent: Extent },
): Promise<void> {
  const whole = await filled(t, url, 3)
  const { statements } = await whole.to(goal)
  const expected = await catalogOf(whole)
  const rows = await whole.rows('id, name, code', 'things')
  t.equal(rows.length, 3)
  const empty = databases.find(({ name }) => name === whole.store.dialect.name)?.url
  if (empty === undefined) throw new Error('It is one of the databases.')
  for (let step = 0; step < statements.length; step++)
    await t.test(`ended at step ${step + 1}`, async t => {
      const database = await filled(t, await empty(t), 3)
      const ended = await database
        .to({ ...goal, watch: endingAt(step) })
        .catch((error: Error) => error.message)
      if (ended !== 'killed') return t.comment('it has fewer steps than statements')
      await database.to(goal)
      t.strictSame(await catalogOf(database), expected)
      t.strictSame(await database.rows('id, name, code', 'things'), rows)
      t.strictSame((await database.to({ defined: goal.defined })).statements, [])
    })
}
