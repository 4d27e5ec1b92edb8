// The body of a request: its media type, its text and its JSON. A body that is not JSON is refused before any schema sees it.

import { isUtf8 } from 'node:buffer'
import { hash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { FastifyBodyParser, FastifyInstance, FastifyRequest } from 'fastify'
import { maxRowsLength, rowFormats } from '../formats/formats.ts'
import { parseJsonText, requireWellFormed, scanJson } from '../formats/json-text.ts'
import { jsonPatchShape } from '../http/json-patch.ts'
import { bodyTypes, jsonPatchType } from '../http/media-types.ts'
import { announcesBody } from '../http/message.ts'
import { essence } from '../http/negotiate.ts'
import { Problem } from '../http/problem.ts'
import type { Operation } from '../operations/operation.ts'
import { allowLongUpload } from './long-upload.ts'
import { isImport } from './request.ts'
import { maxBodyLength } from './wire.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** In bytes, the largest body whose rows are stored later. */
    importLimit: number
  }
}

/**
 * One parser for every media type. `requireMediaType` has checked before whether the operation takes it. The types that are
 * named are here because Fastify finds their parser sooner.
 */
export function registerBodyParser(app: FastifyInstance): void {
  app.decorateRequest('bodyText', '')
  app.decorateRequest('receivedAt', 0)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser([...bodyTypes, '*'], { parseAs: 'buffer' }, parser(parseBody))
  app.addContentTypeParser(
    [...rowFormats.keys()],
    async (request: FastifyRequest, body: Readable) =>
      // An import is received part by part, after what is left to check.
      isImport(request)
        ? allowLongUpload(request, body)
        : rowsBody(request, await wholeBody(request, body)),
  )
}

/** Throws a `Problem` (413) for more bytes than the body may have. */
async function wholeBody(request: FastifyRequest, body: Readable): Promise<Buffer> {
  const limit = bodyLimitOf(request)
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of body) {
    length += piece.length
    if (length > limit) throw new Problem('contentTooLarge')
    pieces.push(piece)
  }
  request.receivedAt = performance.now()
  return Buffer.concat(pieces)
}

type Parse = (request: FastifyRequest, body: Buffer) => unknown

function parser(parse: Parse): FastifyBodyParser<Buffer> {
  return (request, body, done) => {
    request.receivedAt = performance.now()
    let value: unknown
    try {
      value = parse(request, body)
    } catch (error) {
      done(error as Error)
      return
    }
    done(null, value)
  }
}

/** In bytes, the largest body: rows may take more than one of them. */
export function bodyLimitOf(request: FastifyRequest): number {
  const { headers, routeOptions, server } = request
  if (isImport(request)) return server.importLimit
  const type = essence(headers['content-type'] ?? '')
  const takesRows = rowFormats.has(type) && routeOptions.config.operation?.accepts.includes(type)
  return takesRows ? maxRowsLength : maxBodyLength
}

/** The text of a body with several rows, which is read row by row later on. */
function rowsBody(request: FastifyRequest, body: Buffer): Buffer | undefined {
  if (!request.routeOptions.config.operation?.accepts.length) return undefined
  requireBodySize(request, body.length)
  if (!isUtf8(body)) throw new Problem('malformed')
  if (request.headers['idempotency-key'] !== undefined)
    request.bodyText = hash('sha256', body, 'base64url')
  return body
}

function parseBody(request: FastifyRequest, body: Buffer): unknown {
  // A body that an operation does not define has no meaning (RFC 9110 §9.3.5).
  if (!request.routeOptions.config.operation?.accepts.length) return undefined
  const text = bodyText(request, body)
  if (request.headers['idempotency-key'] !== undefined) request.bodyText = text
  return essence(request.headers['content-type'] ?? '') === jsonPatchType
    ? parsePatch(text)
    : parseJson(text)
}

/** The text of a body, within the size that the caller's plan allows. */
export function bodyText(request: FastifyRequest, body: Buffer): string {
  requireBodySize(request, body.length)
  if (!isUtf8(body)) throw new Problem('malformed')
  // A byte order mark says nothing about the JSON behind it (RFC 8259 §8.1).
  return body.toString().replace(/^\uFEFF/, '')
}

/** JSON within the limits of I-JSON. Throws a `Problem` (400). */
export function parseJson(text: string): unknown {
  return parsing(() => parseJsonText(text))
}

/** A JSON Patch, in which members that an operation does not define are ignored (RFC 6902 §4). */
function parsePatch(text: string): unknown {
  const patch: unknown = parsing(() => JSON.parse(text))
  // The schema will refuse it for its type or its length.
  if (!Array.isArray(patch) || patch.length > jsonPatchShape.maxItems) return patch
  const defined = patch.map(definedMembers)
  return parsing(() => {
    scanJson(defined)
    return requireWellFormed(text, defined)
  })
}

function definedMembers(operation: unknown): unknown {
  if (typeof operation !== 'object' || operation === null || Array.isArray(operation))
    return operation
  return Object.fromEntries(
    Object.entries(operation).filter(([name]) => operationMembers.includes(name)),
  )
}

const operationMembers = ['op', 'path', 'from', 'value']

function parsing<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof SyntaxError) throw new Problem('malformed')
    throw error
  }
}

/** `identity` and an empty field both mean that there is no coding (RFC 9110 §8.4.1, §12.5.3). */
const uncoded: readonly (string | undefined)[] = [undefined, '', 'identity']

/** 415 for a media type or coding that the operation does not take (RFC 9110 §15.5.16, §12.5.3; RFC 5789 §3.1). */
export function requireMediaType(operation: Operation, request: FastifyRequest): void {
  const { method, accepts } = operation
  if (!uncoded.includes(request.headers['content-encoding']?.trim().toLowerCase()))
    throw new Problem('unsupportedMediaType', {
      detail: 'Content codings of requests are not supported.',
      headers: { 'accept-encoding': 'identity' },
    })
  const type = request.headers['content-type']
  if (type === undefined && !announcesBody(request)) throw new Problem('malformed')
  if (type !== undefined && accepts.includes(essence(type))) return
  throw new Problem('unsupportedMediaType', {
    detail: `The ${type === undefined ? 'missing' : essence(type)} mediatype is not supported${formHint(type, accepts)}.`,
    headers: { [acceptField(method)]: accepts.join(', ') },
  })
}

/** curl says that it sends a form, whatever it sends, and its users see no header fields of the response. */
function formHint(type: string | undefined, [usual]: readonly string[]): string {
  const isForm = type !== undefined && essence(type) === 'application/x-www-form-urlencoded'
  return isForm ? `; send ${usual}, and say so in Content-Type` : ''
}

/** The field that lists the accepted types: POST and PATCH have their own (LDP §7.1, RFC 5789 §3.1), PUT has the common one. */
function acceptField(method: string): string {
  return { POST: 'accept-post', PATCH: 'accept-patch' }[method] ?? 'accept'
}

/** 413 for a body whose announced size is too large. */
export function requireAnnouncedSize(request: FastifyRequest): void {
  const length = Number(request.headers['content-length'] ?? 0)
  if (length > bodyLimitOf(request)) throw new Problem('contentTooLarge')
  requireBodySize(request, length)
}

/** 413 for a body that is larger than the caller's plan allows; `length` in bytes. */
function requireBodySize({ plan }: FastifyRequest, length: number): void {
  if (plan?.largestBody === undefined || length <= plan.largestBody) return
  const detail = `The request body is too large: the plan ${plan.name} allows ${plan.largestBody} bytes.`
  throw new Problem('contentTooLarge', { detail })
}
