// Fastify and node:sqlite as a good team writes them by hand: schemas, prepared statements, rows as objects.

import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import {
  articlePatchSchema,
  articleSchema,
  createApp,
  type ListQuery,
  listParameters,
  listSchema,
  type Member,
  memberParameters,
  newArticleSchema,
  nextLink,
  sendMember,
  toCsv,
} from './by-hand.ts'
import { announce, columns, databaseFile, pragmas } from './contender.ts'

const db = new DatabaseSync(databaseFile())
db.exec(pragmas)

const statements = new Map<string, StatementSync>()

function prepared(text: string): StatementSync {
  const known = statements.get(text) ?? db.prepare(text)
  statements.set(text, known)
  return known
}

const member = db.prepare(`select ${columns}, _rev from articles where id = ?`)
const insert = db.prepare(
  'insert into articles (title, author, genre, pages, price, in_stock, published, note, _rev) ' +
    `values (?, ?, ?, ?, ?, ?, ?, ?, 1) returning ${columns}, _rev`,
)

function selectPage({ limit, after, genre, sort }: ListQuery): Record<string, unknown>[] {
  const conditions = [
    ...(after === undefined ? [] : ['id > ?']),
    ...(genre === undefined ? [] : ['genre = ?']),
  ]
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`
  const order = sort === undefined ? 'id' : 'published desc, id desc'
  const values = [after, genre].filter(value => value !== undefined)
  return prepared(`select ${columns} from articles ${where} order by ${order} limit ?`).all(
    ...values,
    limit,
  )
}

const toColumn = (value: unknown) =>
  (typeof value === 'boolean' ? Number(value) : (value ?? null)) as SQLInputValue

const app = createApp()

app.get<Member>(
  '/articles/:id',
  { schema: { params: memberParameters, response: { 200: articleSchema } } },
  async (request, reply) => sendMember(request, reply, member.get(request.params.id)),
)

app.get<{ Querystring: ListQuery }>(
  '/articles',
  { schema: { querystring: listParameters, response: { 200: listSchema } } },
  async (request, reply) => {
    const rows = selectPage(request.query)
    const link = nextLink(request.query, rows)
    if (link !== undefined) reply.header('link', link)
    return reply.send(rows)
  },
)

/** On a connection of its own, so that it has one state; between chunks others are served. */
async function* readAll(): AsyncGenerator<Record<string, unknown>[]> {
  const reader = new DatabaseSync(databaseFile(), { readOnly: true })
  try {
    let rows: Record<string, unknown>[] = []
    for (const row of reader.prepare(`select ${columns} from articles order by id`).iterate()) {
      if (rows.push(row) < 500) continue
      yield rows
      rows = []
      await setImmediate()
    }
    yield rows
  } finally {
    reader.close()
  }
}

app.get('/articles.csv', async (_request, reply) =>
  reply.type('text/csv; charset=utf-8').send(Readable.from(toCsv(readAll()))),
)

app.post<{ Body: Record<string, unknown> }>(
  '/articles',
  { schema: { body: newArticleSchema, response: { 201: articleSchema } } },
  async ({ body }, reply) => {
    const { title, author, genre, pages, price, in_stock, published, note } = body
    const row = insert.get(
      ...[title, author, genre, pages, price, in_stock, published, note].map(toColumn),
    )
    return reply
      .code(201)
      .header('location', `/articles/${row?.id}`)
      .header('etag', `"${row?._rev}"`)
      .send(row)
  },
)

app.patch<Member & { Body: Record<string, unknown> }>(
  '/articles/:id',
  {
    schema: {
      params: memberParameters,
      body: articlePatchSchema,
      response: { 200: articleSchema },
    },
  },
  async (request, reply) => {
    const changes = Object.entries(request.body)
    const assignments = [...changes.map(([name]) => `${name} = ?`), '_rev = _rev + 1'].join(', ')
    const update = prepared(
      `update articles set ${assignments} where id = ? returning ${columns}, _rev`,
    )
    return sendMember(
      request,
      reply,
      update.get(...changes.map(([, value]) => toColumn(value)), request.params.id),
    )
  },
)

await app.listen({ host: '127.0.0.1', port: 0 })
announce(app.server)
