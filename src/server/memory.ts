// Bounds the memory that callers make the process hold: requests beyond it are refused, and slow readers are disconnected.

import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest, preParsingHookHandler } from 'fastify'
import { Problem } from '../http/problem.ts'
import { maxPageBytes } from '../query/page-size.ts'
import { bodyLimitOf } from './body.ts'
import { longBody } from './long-body.ts'
import { throttle, warningInterval } from './pressure.ts'
import { isImport } from './request.ts'
import {
  type Account,
  longBodyBytes,
  maxUnanswered,
  Room,
  type RoomOptions,
  smallBytes,
} from './room.ts'
import { maxBodyLength } from './wire.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The bytes that the process holds for its connection. */
    account: Account | undefined
    /** In bytes, what the process holds for this request. */
    held: number
    makeRoom(): Promise<void>
    requireRoom(): void
    /** Whether its response has such a body, which takes as long as its reader. */
    isLong: boolean
    /** A body that is sent part by part. */
    longBody(parts: AsyncIterableIterator<Uint8Array>): Readable
  }
}

export interface MemoryOptions extends RoomOptions {
  /** In ms, how often to look for slow readers. */
  readonly check?: number
}

/** Connections at a time; more are closed at once. An idle one takes some 20 KB. */
export const maxConnections = 4096

/** Returns the account of what callers make the process hold. */
export function boundMemory(app: FastifyInstance, options: MemoryOptions = {}): Room {
  const room = new Room(options)
  const refuse = refusals(app, room)
  boundRequests(app, room, refuse)
  boundBodies(app, room, refuse)
  boundAnswers(app, room, refuse)
  closeSlowReaders(app, room, options.check)
  boundConnections(app)
  return room
}

type Refuse = () => Problem

function refusals(app: FastifyInstance, room: Room): Refuse {
  const warn = throttle(warningInterval, () =>
    app.log.warn(
      { heldBytes: room.held },
      'requests are refused: bodies and answers that nobody reads take too much memory',
    ),
  )
  return () => {
    warn()
    return new Problem('overloaded', { headers: { 'retry-after': '1' } })
  }
}

function boundRequests(app: FastifyInstance, room: Room, refuse: Refuse): void {
  app.decorateRequest('account')
  app.decorateRequest('held', 0)
  app.decorateRequest('makeRoom', async () => {
    // A turn of its own for each: one large answer is sent or refused before the next one is read.
    await setImmediate()
    if (!room.admits(maxPageBytes)) throw refuse()
  })
  app.decorateRequest('requireRoom', () => {
    if (!room.admits(smallBytes + 1)) throw refuse()
  })
  app.decorateRequest('isLong', false)
  app.decorateRequest('longBody', function (parts) {
    this.isLong = true
    return longBody({ parts, request: this, room, account: this.account })
  })
  app.addHook('onRequest', (request, _reply, done) => {
    request.account = room.begin(request.raw.socket)
    if (request.account.unanswered > maxUnanswered) done(refuse())
    else done()
  })
  app.addHook('onResponse', ({ account, held }, _reply, done) => {
    if (account !== undefined) room.end(account, held, performance.now())
    done()
  })
}

/** Fastify reads no body that comes with these methods, so nothing of it is held. */
const bodyless: readonly string[] = ['GET', 'HEAD', 'TRACE']

function boundBodies(app: FastifyInstance, room: Room, refuse: Refuse): void {
  const holdBody: preParsingHookHandler = (request, _reply, payload, done) => {
    const bytes = bodyBytes(request)
    if (!room.admits(bytes)) return done(refuse())
    hold(room, request, bytes)
    done(null, payload)
  }
  app.addHook('onRoute', route => {
    const readsBody = [route.method].flat().some(name => !bodyless.includes(name))
    if (readsBody) route.preParsing = [holdBody, route.preParsing ?? []].flat()
  })
}

function hold(room: Room, request: FastifyRequest, bytes: number): void {
  if (request.account === undefined) return
  room.hold(request.account, bytes)
  request.held += bytes
}

/**
 * How much memory a body takes: little if it is stored part by part, and twice its size if it is large, as its pieces are put together. A body in chunks does not
 * announce its size, so it counts as the largest one.
 */
function bodyBytes(request: FastifyRequest): number {
  if (isImport(request)) return longBodyBytes
  const { headers } = request
  const limit = bodyLimitOf(request)
  const length =
    headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : limit
  return length > maxBodyLength ? 2 * Math.min(limit, length) : length
}

function boundAnswers(app: FastifyInstance, room: Room, refuse: Refuse): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    const bytes = answerBytes(request, payload)
    if (!(payload instanceof Readable) && !room.admits(bytes) && isSafe(request)) {
      forgetRepresentation(reply)
      return done(refuse())
    }
    const { account } = request
    if (account !== undefined) room.answer(account, bytes, performance.now())
    request.held += bytes
    done()
  })
}

/** A stream waits for its reader by itself. There are only few of them. */
function answerBytes({ method }: FastifyRequest, payload: unknown): number {
  if (method === 'HEAD') return 0
  if (typeof payload === 'string') return Buffer.byteLength(payload)
  return Buffer.isBuffer(payload) ? payload.length : longBodyBytes
}

/** The answer to a write is not refused, because the write has been done; it is only one row. */
function isSafe({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** Removes the fields of an answer that is not sent. */
function forgetRepresentation(reply: FastifyReply): void {
  for (const name of ['etag', 'link', 'vary', 'x-total-count', 'preference-applied'])
    reply.removeHeader(name)
}

function closeSlowReaders(app: FastifyInstance, room: Room, check = 1_000): void {
  const timer = setInterval(() => {
    for (const { socket, bytes } of room.slowReaders(performance.now())) {
      app.log.warn(
        { address: socket.remoteAddress, bytes },
        'a connection is closed: its answers are read too slowly',
      )
      socket.destroy()
    }
  }, check).unref()
  app.addHook('onClose', async () => clearInterval(timer))
}

function boundConnections({ server, log }: FastifyInstance): void {
  server.maxConnections = maxConnections
  const warn = throttle(warningInterval, () =>
    log.warn(`there are ${maxConnections} connections: further ones are closed`),
  )
  server.on('drop', warn)
}
