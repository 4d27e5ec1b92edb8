// SQL of a definition that looks at many rows: it has the same answers, and an end.

import { Type } from '@sinclair/typebox'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { deriveModels } from '../../src/definitions/load.ts'
import { type Resource, resource, type Sql, sql, view } from '../../src/resource/resource.ts'
import { sqliteDialect as dialect } from '../../src/store/sqlite/dialect.ts'
import { openSqlite } from '../../src/store/sqlite/driver.ts'
import type { ReadTimes } from '../../src/store/sqlite/long-reads.ts'
import { feature, prepareTables } from '../support/service.ts'

let asked: Sql = sql`select 1`

const loans = resource(
  'loans',
  Type.Object({ book: Type.Integer(), reader: Type.Optional(Type.String()) }),
  {
    description: 'Loans',
    index: ['book'],
    views: {
      found: view({
        on: 'collection',
        summary: 'What the SQL of a test finds',
        response: Type.Object({ rows: Type.Array(Type.Array(Type.Unknown())) }),
        *run({ db }) {
          return { rows: (yield* db.query(asked)).map(row => [...row]) }
        },
      }),
    },
  },
)
const notes = resource('notes', Type.Object({ how: Type.String() }), {
  description: 'Notes',
  hooks: {
    *beforeWrite({ after, db }) {
      if (after?.how === 'asks') yield* db.query(asked)
      if (after?.how === 'counts') yield* db.count(loans, { reader: 'nobody' })
    },
  },
})
const resources = [loans, notes] as unknown as readonly Resource[]

/** As many rows as one has to look at before the clock is looked at, and some more. */
const rows = Array.from({ length: 200 }, (_, n) => ({ book: n % 20 }))

const cases: readonly [Sql, unknown[][]][] = [
  [sql`select count(*) from loans where book < ${2}`, [[20]]],
  [sql`SELECT count(*) FROM Loans`, [[200]]],
  [
    sql`/* of one */ -- book
    select id from loans where book = ${3} order by id desc limit 1`,
    [[184]],
  ],
  [sql`with "most" as (select max(book) as "b" from loans) select "b" from "most"`, [[19]]],
  [
    sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < 3)
      select i, (select count(*) from loans where book = i and id <= ${30}) from n order by i`,
    [
      [1, 2],
      [2, 2],
      [3, 2],
    ],
  ],
  [sql`with loans as (select 7 as book) select book from loans`, [[7]]],
  [
    sql`select a.id, b.id from loans a left join loans b on b.id = a.id + 199 where a.book = ${0} and a.id < 30 order by a.id`,
    [
      [1, 200],
      [21, null],
    ],
  ],
  [sql`values (${'loans'})`, [['loans']]],
]

feature(
  'SQL of a definition finds what it asks for',
  async (t, { get, request }) => {
    const body = rows.map(row => `${JSON.stringify(row)}\n`).join('')
    const headers = { 'content-type': 'application/x-ndjson' }
    await request('POST', '/loans', { headers, body })
    for (const [statement, found] of cases) {
      asked = statement
      t.strictSame((await get('/loans/found')).json.rows, found, statement.text.join('?'))
    }
  },
  { resources },
)

interface Entry {
  readonly msg: string
}

async function sqliteService(t: Test, readTimes: Partial<ReadTimes>) {
  const models = deriveModels(
    resources.map(resource => ({ file: `schemas/${resource.name}.ts`, resource })),
  )
  const store = openSqlite({ file: `${t.testdir()}/test.db`, dialect, readTimes })
  await prepareTables(store, models)
  const log: Entry[] = []
  const logger = pino({ level: 'info' }, { write: line => void log.push(JSON.parse(line)) })
  const app = await buildApp({ models, store, version: '0.0.0', logger })
  t.teardown(() => app.close().then(() => store.close()))
  await app.inject({
    method: 'POST',
    url: '/loans',
    headers: { 'content-type': 'application/x-ndjson' },
    payload: rows.map(row => `${JSON.stringify(row)}\n`).join(''),
  })
  const post = (how: string) => app.inject({ method: 'POST', url: '/notes', payload: { how } })
  return { app, log, post }
}

const scan = sql`select count(*) from loans where reader = ${'nobody'}`
const search = sql`select count(*) from loans where book = ${3}`

t.test('it goes on beside the event loop (sqlite)', async t => {
  const { app } = await sqliteService(t, { here: 0 })
  for (const [statement, found] of cases) {
    asked = statement
    const response = await app.inject('/loans/found')
    t.strictSame(response.json().rows, found, statement.text.join('?'))
  }
})

t.test('it is ended when it takes too long (sqlite)', async t => {
  const { app, log } = await sqliteService(t, { here: 0, beside: 0 })
  asked = scan
  const { statusCode, headers } = await app.inject('/loans/found')
  t.equal(statusCode, 503)
  t.equal(headers['retry-after'], '1')
  t.match(log.at(-1)?.msg, /needed too long/)
  asked = search
  t.equal((await app.inject('/loans/found')).statusCode, 200)
})

t.test('in a write it is ended sooner, and nothing is stored (sqlite)', async t => {
  const { app, post } = await sqliteService(t, { inWrites: 0 })
  asked = search
  t.equal((await post('asks')).statusCode, 201)
  asked = scan
  for (const how of ['asks', 'counts']) t.equal((await post(how)).statusCode, 503, how)
  t.equal((await app.inject('/notes')).json().length, 1)
  t.equal((await app.inject('/loans/found')).statusCode, 200, 'a read has its own time')
})
