// What the contenders on Fastify share: the schemas that a good team would write for this resource, and their problem.

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fastify, { LogController } from 'fastify'
import { genres } from '../schemas/articles.ts'

const writable = {
  title: { type: 'string', minLength: 1, maxLength: 100 },
  author: { type: 'string', minLength: 1, maxLength: 100 },
  genre: { type: 'string', enum: genres },
  pages: { type: 'integer', minimum: 1, maximum: 10_000 },
  price: { type: 'integer', minimum: 0, maximum: 1_000_000 },
  in_stock: { type: 'boolean', default: true },
  published: { type: 'string', format: 'date' },
  note: { type: 'string', nullable: true, maxLength: 200 },
} as const

const { in_stock: _default, ...others } = writable

export const articleSchema = {
  type: 'object',
  properties: { id: { type: 'integer' }, ...writable },
}
export const newArticleSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['title', 'author', 'genre', 'pages', 'price', 'published'],
  properties: writable,
}
export const articlePatchSchema = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: { ...others, in_stock: { type: 'boolean' } },
}
export const listSchema = { type: 'array', items: articleSchema }
export const memberParameters = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'integer', minimum: 1, maximum: 2_147_483_647 } },
}
export const listParameters = {
  type: 'object',
  additionalProperties: false,
  properties: {
    limit: { type: 'integer', minimum: 1, maximum: 1000, default: 20 },
    after: { type: 'integer', minimum: 0 },
    genre: { type: 'string', enum: genres },
    sort: { type: 'string', enum: ['-published'] },
  },
}

export interface ListQuery {
  readonly limit: number
  readonly after?: number
  readonly genre?: string
  readonly sort?: string
}

export interface Member {
  readonly Params: { readonly id: number }
}

export function createApp(): FastifyInstance {
  const app = fastify({
    // Every mistake is told, as by Restwell.
    ajv: { customOptions: { removeAdditional: false, allErrors: true } },
    logger: { level: 'warn' },
    logController: new LogController({ disableRequestLogging: true }),
  })
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const status = error.validationContext === 'body' ? 422 : (error.statusCode ?? 500)
    const errors = error.validation?.map(({ instancePath, message }) => ({
      pointer: `#${instancePath}`,
      message,
    }))
    return reply
      .code(status)
      .type('application/problem+json')
      .send(
        JSON.stringify({
          type: 'about:blank',
          title: error.name,
          status,
          detail: error.message,
          errors,
        }),
      )
  })
  return app
}

export function nextLink(
  { limit, genre }: ListQuery,
  rows: readonly { id?: unknown }[],
): string | undefined {
  if (rows.length < limit || genre !== undefined) return undefined
  return `</articles?limit=${limit}&after=${rows.at(-1)?.id}>; rel="next"`
}

/** Sends a row under its tag, or 304 to who has it. */
export function sendMember(
  request: FastifyRequest,
  reply: FastifyReply,
  row: { _rev?: unknown } | undefined,
) {
  if (row === undefined)
    return reply
      .code(404)
      .type('application/problem+json')
      .send('{"title":"Not Found","status":404}')
  const tag = `"${row._rev}"`
  reply.header('etag', tag).header('cache-control', 'no-cache')
  return request.headers['if-none-match'] === tag ? reply.code(304).send() : reply.send(row)
}

const names = Object.keys(articleSchema.properties)

/** A cell of CSV as RFC 4180 has it. */
function toCell(value: unknown): string {
  const text = value === null ? '' : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** All articles as CSV, in chunks, as the database gives them. */
export async function* toCsv(
  chunks: AsyncIterable<readonly Record<string, unknown>[]>,
): AsyncGenerator<string> {
  yield `${names.join(',')}\r\n`
  for await (const rows of chunks)
    yield rows.map(row => `${names.map(name => toCell(row[name])).join(',')}\r\n`).join('')
}
