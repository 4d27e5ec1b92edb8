// The limit: node:http and node:sqlite by hand. Nothing is checked, no error is answered; nobody would run this.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { json } from 'node:stream/consumers'
import { announce, columns, databaseFile, pragmas } from './contender.ts'

const db = new DatabaseSync(databaseFile())
db.exec(pragmas)

const member = db.prepare(`select ${columns}, _rev from articles where id = ?`)
const page = db.prepare(`select ${columns} from articles where id > ? order by id limit ?`)
const byGenre = db.prepare(
  `select ${columns} from articles where genre = ? order by published desc, id desc limit ?`,
)
const insert = db.prepare(
  'insert into articles (title, author, genre, pages, price, in_stock, published, note, _rev) ' +
    `values (?, ?, ?, ?, ?, ?, ?, ?, 1) returning ${columns}, _rev`,
)
const setPrice = db.prepare(
  `update articles set price = ?, _rev = _rev + 1 where id = ? returning ${columns}, _rev`,
)

interface Row {
  readonly _rev: number
  readonly in_stock: number
}

function send(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  })
  response.end(text)
}

function toBody({ _rev, ...row }: Row): object {
  return { ...row, in_stock: row.in_stock === 1 }
}

const one = (statement: StatementSync, ...values: (string | number | null)[]) =>
  statement.get(...values) as unknown as Row

function list(search: string, response: ServerResponse): void {
  const query = new URLSearchParams(search)
  const limit = Number(query.get('limit') ?? 20)
  const genre = query.get('genre')
  const rows =
    genre === null ? page.all(Number(query.get('after') ?? 0), limit) : byGenre.all(genre, limit)
  send(
    response,
    200,
    (rows as unknown as Row[]).map(row => ({ ...row, in_stock: row.in_stock === 1 })),
  )
}

function read(id: number, request: IncomingMessage, response: ServerResponse): void {
  const row = one(member, id)
  const tag = `"${row._rev}"`
  if (request.headers['if-none-match'] === tag) response.writeHead(304, { etag: tag }).end()
  else send(response, 200, toBody(row), { etag: tag })
}

type Body = Record<string, string | number | null>

async function create(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = (await json(request)) as Body
  const { title, author, genre, pages, price, published, note } = body
  const values = [
    title,
    author,
    genre,
    pages,
    price,
    Number(body.in_stock ?? 1),
    published,
    note ?? null,
  ]
  send(response, 201, toBody(one(insert, ...(values as string[]))))
}

async function update(
  id: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { price } = (await json(request)) as Body
  send(response, 200, toBody(one(setPrice, price as number, id)))
}

const server = createServer((request, response) => {
  const [path = '', search = ''] = String(request.url).split('?')
  const id = Number(path.slice('/articles/'.length))
  if (request.method === 'POST') return void create(request, response)
  if (request.method === 'PATCH') return void update(id, request, response)
  if (path === '/articles') return list(search, response)
  read(id, request, response)
})
server.listen(0, '127.0.0.1', () => announce(server))
