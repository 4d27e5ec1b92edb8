// Turns what Node's parser refuses, before there is a request, into a problem, and a problem into the bytes of a response.

import { randomUUID } from 'node:crypto'
import type { ConnectionError } from 'fastify'
import { Problem, type ProblemKind, problemMediaType, problemToText } from '../http/problem.ts'

const kinds: Readonly<Record<string, ProblemKind>> = {
  HPE_INVALID_METHOD: 'notImplemented',
  HPE_INVALID_VERSION: 'httpVersionNotSupported',
  // The preface of HTTP/2 (RFC 9113 §3.4).
  HPE_PAUSED_H2_UPGRADE: 'httpVersionNotSupported',
  HPE_HEADER_OVERFLOW: 'headersTooLarge',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'contentTooLarge',
  ERR_HTTP_REQUEST_TIMEOUT: 'requestTimeout',
}

/** The response to bytes that are no request. */
export interface Refusal {
  readonly problem: Problem
  /** In the place of the id of a request. */
  readonly id: string
}

export function refusal(kind: ProblemKind): Refusal {
  return { problem: new Problem(kind), id: randomUUID() }
}

/** One for each error, because it is logged as well as sent. */
const refusals = new WeakMap<ConnectionError, Refusal>()

export function refusalOf(error: ConnectionError): Refusal {
  const found = refusals.get(error) ?? refusal(kindOf(error))
  refusals.set(error, found)
  return found
}

const token = "[\\w!#$%&'*+.^`|~-]+"
/** Only a well-formed request line can have an unknown method or version. */
const methodLine = new RegExp(`^${token} [!-~]+ HTTP/\\d\\.\\d$`)
const versionLine = /[!-~] HTTP\/\d\.\d$/

function kindOf(error: ConnectionError): ProblemKind {
  const kind = kinds[error.code ?? ''] ?? 'malformed'
  const { read, rest } = linesOf(error)
  if (kind === 'headersTooLarge' && !read.includes('\r\n')) return 'uriTooLong'
  if (error.code === 'HPE_INVALID_METHOD' && !methodLine.test(lastWord(read) + rest))
    return 'malformed'
  if (error.code === 'HPE_INVALID_VERSION' && !versionLine.test(read.slice(-maxWord) + rest))
    return 'malformed'
  return kind
}

/** The part of the last packet that the parser had read when it gave up, and the rest of its current line. */
function linesOf({ rawPacket, bytesParsed }: ConnectionError): { read: string; rest: string } {
  const packet: unknown = rawPacket
  const text = Buffer.isBuffer(packet) ? packet.toString('latin1') : ''
  const [rest = ''] = text.slice(bytesParsed).split('\r\n')
  return { read: text.slice(0, bytesParsed), rest }
}

/** Longer than any method. */
const maxWord = 32

/** The last word, without white space or brackets. The body before a request line need not end with a line break. */
function lastWord(text: string): string {
  return new RegExp(`${token}$`).exec(text.slice(-maxWord))?.[0] ?? ''
}

/** A whole response as it is sent over the wire. It is the last one of its connection. */
export function refusalToResponse({ problem, id }: Refusal): string {
  const body = problemToText(problem, id)
  return [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    `Date: ${new Date().toUTCString()}`,
    `Content-Type: ${problemMediaType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    `Request-Id: ${id}`,
    'X-Content-Type-Options: nosniff',
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}
