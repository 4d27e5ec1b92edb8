// Files and texts that do not change while the service runs. They are compressed once, for callers that take that
// (RFC 9110 §12.5.3), and each form has its own tag (§8.8.3.3).

import { hash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { etag, ifNoneMatchHolds, parseEntityTags } from '../http/conditional.ts'

const compress = promisify(gzip)

/** `type`: its media type. */
export class Packed {
  readonly type: string
  readonly digest: string
  readonly #text: string
  #gzip: Promise<Buffer> | undefined

  constructor(text: string, type: string) {
    this.#text = text
    this.type = type
    this.digest = hash('sha256', text, 'base64url').slice(0, 22)
  }

  body(isCompressed: boolean): string | Promise<Buffer> {
    if (!isCompressed) return this.#text
    this.#gzip ??= compress(this.#text)
    return this.#gzip
  }
}

/** Callers have to ask whether it is still the same, unless `cacheControl` says that it always is. */
export async function sendPacked(
  packed: Packed,
  request: FastifyRequest,
  reply: FastifyReply,
  cacheControl = 'no-cache',
): Promise<FastifyReply> {
  const isCompressed = takesGzip(request.headers['accept-encoding'])
  const tag = etag(packed.digest, isCompressed ? { variant: 'gzip' } : {})
  const isNew = reply.statusCode !== 200 || !isKnown(request, tag)
  reply.headers({ etag: tag, 'cache-control': cacheControl })
  addVary(reply, 'Accept-Encoding')
  if (!isNew) return reply.code(304).send()
  if (isCompressed) reply.header('content-encoding', 'gzip')
  return reply.type(packed.type).send(await packed.body(isCompressed))
}

/** `gzip;q=0` says that it is not taken. */
function takesGzip(field: string | string[] = ''): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(String(field))
}

function isKnown({ headers }: FastifyRequest, tag: string): boolean {
  const field = headers['if-none-match']
  const tags = field === undefined ? undefined : parseEntityTags(field, 'If-None-Match')
  return !ifNoneMatchHolds(tags, tag)
}

function addVary(reply: FastifyReply, name: string): void {
  const vary = reply.getHeader('vary')
  reply.header('vary', vary === undefined ? name : `${vary}, ${name}`)
}
