// Fastify and postgres.js as a good team writes them by hand: the same schemas, queries and settings of the pool.

import { Readable } from 'node:stream'
import postgres from 'postgres'
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
import { announce, databaseUrl } from './contender.ts'

const sql = postgres(databaseUrl(), {
  max: 10,
  fetch_types: false,
  onnotice: () => {},
  types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
})
const columns = sql`id, title, author, genre, pages, price, in_stock, published, note`

async function selectPage({
  limit,
  after,
  genre,
  sort,
}: ListQuery): Promise<readonly postgres.Row[]> {
  const conditions = sql`${after === undefined ? sql`true` : sql`id > ${after}`}
    and ${genre === undefined ? sql`true` : sql`genre = ${genre}`}`
  const order = sort === undefined ? sql`id` : sql`published desc, id desc`
  return sql`select ${columns} from articles where ${conditions} order by ${order} limit ${limit}`
}

const app = createApp()

app.get<Member>(
  '/articles/:id',
  { schema: { params: memberParameters, response: { 200: articleSchema } } },
  async (request, reply) => {
    const [row] = await sql`select ${columns}, _rev from articles where id = ${request.params.id}`
    return sendMember(request, reply, row)
  },
)

app.get<{ Querystring: ListQuery }>(
  '/articles',
  { schema: { querystring: listParameters, response: { 200: listSchema } } },
  async (request, reply) => {
    const rows = await selectPage(request.query)
    const link = nextLink(request.query, rows)
    if (link !== undefined) reply.header('link', link)
    return reply.send(rows)
  },
)

app.get('/articles.csv', async (_request, reply) => {
  const rows = sql`select ${columns} from articles order by id`.cursor(500)
  return reply.type('text/csv; charset=utf-8').send(Readable.from(toCsv(rows)))
})

app.post<{ Body: Record<string, unknown> }>(
  '/articles',
  { schema: { body: newArticleSchema, response: { 201: articleSchema } } },
  async ({ body }, reply) => {
    const [row] =
      await sql`insert into articles ${sql({ note: null, ...body, _rev: 1 })} returning ${columns}, _rev`
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
    const [row] = await sql`
      update articles set ${sql(request.body)}, _rev = _rev + 1 where id = ${request.params.id}
      returning ${columns}, _rev`
    return sendMember(request, reply, row)
  },
)

await app.listen({ host: '127.0.0.1', port: 0 })
announce(app.server)
