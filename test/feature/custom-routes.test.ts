// A route that a definition adds: its answer is as the document says, and its queries only read.

import { Type } from '@sinclair/typebox'
import { pino } from 'pino'
import { type Resource, resource, type Sql, sql } from '../../src/resource/resource.ts'
import { checkProblem } from '../support/problem.ts'
import { feature } from '../support/service.ts'

const messages: string[] = []
const logger = pino({ level: 'info' }, { write: line => void messages.push(JSON.parse(line).msg) })

/** What the handler of a test does. */
let handler: (context: {
  query: (statement: Sql) => Promise<unknown>
  row: { id: number }
}) => unknown

const things = resource(
  'things',
  Type.Object({ title: Type.String({ maxLength: 20 }), n: Type.Integer({ default: 0 }) }),
  {
    description: 'Things',
    routes: [
      {
        name: 'size',
        operationId: 'getSize',
        summary: 'Size',
        component: 'Size',
        response: Type.Object({
          n: Type.Integer(),
          at: Type.Optional(Type.String({ format: 'date-time' })),
          parts: Type.Optional(Type.Array(Type.Object({ a: Type.String({ default: 'x' }) }))),
        }),
        handler: context => Promise.resolve(handler(context as never) as never),
      },
    ],
  },
)

const own = { resources: [things as unknown as Resource], logger }

const wrong: [answer: unknown, told: string][] = [
  [{ n: 'seven' }, 'n must be integer'],
  [{ n: Number.NaN }, 'n must be integer'],
  [{ n: 7, extra: 1 }, 'extra is not a known member'],
  [{ n: 7, parts: [{ a: 'a', b: 'b' }] }, 'parts/0/b is not a known member'],
  [{ n: 7, parts: [{}] }, 'parts/0/a is required'],
  [{}, 'n is required'],
  [[], 'must be object'],
  [undefined, 'must be object'],
]

feature(
  'an answer that the response of a route does not allow is a fault of the route',
  async (t, { post, get }) => {
    await post('/things', { title: 'x' })
    for (const [answer, told] of wrong) {
      handler = () => answer
      messages.length = 0
      checkProblem(t, told, await get('/things/1/size'), 500)
      t.strictSame(messages, [
        `in the route 'size' of schemas/things.ts: it returned what its response does not allow: ${told}`,
      ])
    }
    handler = () => ({ n: 7, at: new Date('2026-01-01T00:00:00Z'), parts: undefined })
    t.strictSame((await get('/things/1/size')).json, { n: 7, at: '2026-01-01T00:00:00.000Z' })
  },
  own,
)

const writes: Sql[] = [
  sql`update things set n = n + 1 where id = ${1} returning n`,
  sql`insert into things (title, n, _rev) values (${'y'}, 1, 7) returning n`,
  sql`delete from things returning n`,
  sql`create table more (n int)`,
  sql`drop table things`,
]

feature(
  'a query that would write is refused by the database, and the log names the route',
  async (t, { post, get, request }) => {
    const { headers } = await post('/things', { title: 'x' })
    for (const statement of writes) {
      handler = async ({ query }) => ({ n: await query(statement) })
      messages.length = 0
      checkProblem(t, '500', await get('/things/1/size'), 500)
      t.equal((await request('HEAD', '/things/1/size')).status, 500)
      for (const message of messages)
        t.match(
          message,
          /^in the route 'size' of schemas\/things\.ts, at .*: a query may only read, and this one would write/,
        )
      t.equal(messages.length, 2)
    }
    const read = await get('/things/1')
    t.strictSame(read.json, { id: 1, title: 'x', n: 0 })
    t.equal(read.headers.etag, headers.etag)
  },
  own,
)

feature(
  'after a query that was refused, others read and write as before',
  async (t, { post, patch, get }) => {
    await post('/things', { title: 'x' })
    const refused: Promise<unknown>[] = []
    handler = async ({ query }) => {
      for (const statement of writes)
        refused.push(
          query(statement).then(
            () => 'done',
            () => 'refused',
          ),
        )
      const rows = (await query(sql`select n from things where id = ${1}`)) as number[][]
      return { n: rows[0]?.[0] }
    }
    const answers = await Promise.all([
      get('/things/1/size'),
      patch('/things/1', { n: 5 }),
      get('/things/1/size'),
      get('/things'),
      post('/things', { title: 'y' }),
    ])
    t.strictSame(
      answers.map(({ status }) => status),
      [200, 200, 200, 200, 201],
    )
    t.strictSame(new Set(await Promise.all(refused)), new Set(['refused']))
    t.equal((await get('/things/1/size')).json.n, 5)
    t.equal((await get('/things')).json.length, 2)
  },
  own,
)

feature(
  'the document has an example of an answer whose members name none',
  async (t, { document }) => {
    const operation = document.paths['/things/{id}/size']?.get as unknown as {
      responses: Record<string, { content: Record<string, { example: unknown }> }>
    }
    t.match(operation.responses['200']?.content['application/json']?.example, { n: 1, parts: [] })
  },
  own,
)
