// The edge of HTTP/1.1: Node's server, the checks of every head, and the end of connections.

import { randomUUID } from 'node:crypto'
import type * as Http from 'node:http'
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import type {
  ConnectionError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RawServerDefault,
} from 'fastify'
import type { TrustProxy } from '../access/trusted-proxies.ts'
import { htmlType, jsonType } from '../http/media-types.ts'
import {
  announcesBody,
  endsConnection,
  expectsContinue,
  headProblem,
  hostName,
  isBelow,
  parseForwardedPrefix,
  toOriginForm,
  withoutPrefix,
  withoutVersion,
  withPrefix,
} from '../http/message.ts'
import { preferredMediaType } from '../http/negotiate.ts'
import { Problem } from '../http/problem.ts'
import { parseRequestId } from '../http/request-id.ts'
import { ClientConnection, type LingerBounds } from './connection.ts'
import { isUploading } from './long-upload.ts'
import { refusal, refusalOf } from './parse-error.ts'

/** The largest body, in bytes; a larger one is 413. */
export const maxBodyLength = 1_048_576

/** In ms, how long a request and its head may take to arrive (otherwise 408), and how long a connection may be silent. */
export const usualTimes = {
  head: 20_000,
  request: 60_000,
  /** While a request is in progress, including the reading of its response. */
  silence: 120_000,
  /** Between two requests: longer than the usual minute of proxies, so that the proxy closes the connection first. */
  idle: 72_000,
  /** How often these times are checked. */
  check: 5_000,
}

/** The times are those of nginx; the bytes are bounded too. */
export const usualLinger: LingerBounds = { silence: 5_000, time: 30_000, bytes: 67_108_864 }

export interface WireOptions {
  readonly times?: Partial<typeof usualTimes>
  readonly linger?: Partial<LingerBounds>
  /** The prefix of all addresses for callers, such as `/api`; none by default. */
  readonly prefix?: string
  /** The proxies that are believed: what they say of a request's source, id and prefix; none by default. */
  readonly trustProxy?: TrustProxy
}

/** Every open connection, by its socket. */
const connections = new WeakMap<Socket, ClientConnection>()

function connectionOf({ raw }: FastifyRequest): ClientConnection | undefined {
  return connections.get(raw.socket)
}

/** How addresses are read. */
export const routing = { ignoreTrailingSlash: true, maxParamLength: 1000 } as const

/** For the router: whether a request prefers a page. Most callers do not name HTML, and are asked nothing else. */
const pagePreference = {
  name: 'prefers',
  storage: () => new Map(),
  deriveConstraint: ({ headers: { accept } }: Http.IncomingMessage) =>
    accept?.includes(htmlType)
      ? (preferredMediaType(accept, [jsonType, htmlType]) ?? jsonType)
      : jsonType,
}

/** An `import` would read every export, and one of them loads all of Node's fetch. */
const http: typeof Http = createRequire(import.meta.url)('node:http')

/** The settings of Fastify that make the server. */
export function wireSettings(options: WireOptions) {
  const times = { ...usualTimes, ...options.times }
  const linger = { ...usualLinger, ...options.linger }
  return {
    bodyLimit: maxBodyLength,
    requestTimeout: times.request,
    serverFactory: (handle: Http.RequestListener) =>
      createServer(handle, times, linger) as RawServerDefault,
    clientErrorHandler,
    genReqId: (request: Http.IncomingMessage) => idOfProxy(request, options) ?? randomUUID(),
    requestIdHeader: false as const,
    rewriteUrl: rewriteTarget(options),
    routerOptions: { ...routing, constraints: { prefers: pagePreference } },
    forceCloseConnections: 'idle' as const,
    return503OnClosing: false,
  }
}

/** Finds what the address of a request begins with: what a trusted proxy took from it, or else the setting. */
export function prefixFinder({ prefix = '', trustProxy }: WireOptions) {
  if (trustProxy === undefined) return () => prefix
  return ({ headers, socket }: Http.IncomingMessage): string => {
    const field = headers['x-forwarded-prefix']
    if (field === undefined || !trustProxy(socket.remoteAddress ?? '', 0)) return prefix
    return parseForwardedPrefix(String(field)) ?? prefix
  }
}

/** Returns the address as the routes have it, and keeps the one that the caller wrote. */
function rewriteTarget(options: WireOptions) {
  const prefixOf = prefixFinder(options)
  return (request: Http.IncomingMessage & { originalUrl?: string }) => {
    const { url = '/' } = request
    const prefix = prefixOf(request)
    const isWhole = prefix === options.prefix && isBelow(url, prefix)
    request.originalUrl = isWhole ? url : withPrefix(url, prefix)
    return withoutVersion(withoutPrefix(request.originalUrl, prefix))
  }
}

/** The id that the nearest proxy has given to a request, if it is to be believed. */
function idOfProxy(
  { headers, socket }: Http.IncomingMessage,
  { trustProxy }: WireOptions,
): string | undefined {
  const id = trustProxy && parseRequestId(headers['x-request-id'])
  return id !== undefined && trustProxy?.(socket.remoteAddress ?? '', 0) ? id : undefined
}

function createServer(
  handle: Http.RequestListener,
  times: typeof usualTimes,
  linger: LingerBounds,
): Http.Server {
  const server = http.createServer({
    // Our own check refuses with a problem that says why.
    requireHostHeader: false,
    headersTimeout: times.head,
    requestTimeout: times.request,
    keepAliveTimeout: times.idle,
    connectionsCheckingInterval: times.check,
  })
  server.setTimeout(times.silence)
  // A client that has closed its sending side still gets its response.
  Object.assign(server, { httpAllowHalfOpen: true })
  const take = admitting(handle)
  return server
    .on('connection', socket => connections.set(socket, new ClientConnection(socket, linger)))
    .on('request', take)
    .on('checkContinue', take)
    .on('checkExpectation', take)
    .on('connect', ({ socket }) => connections.get(socket)?.refuse(refusal('notImplemented')))
}

/** Hands on the requests that are to be served, with their target in origin form. */
function admitting(handle: Http.RequestListener): Http.RequestListener {
  return (request, response) => {
    const { socket, method, url = '/' } = request
    const connection = connections.get(socket)
    if (connection?.admit(request, response, endsConnection(request)) === false) return
    const { path, authority } = toOriginForm(method, url)
    request.url = path
    if (authority !== undefined) request.headers.host = authority
    handle(request, response)
  }
}

/** Handles what Node's parser refuses. The connection is closed, because it is unknown where the next request begins. */
function clientErrorHandler(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && isUploading(socket)) return
  if (error.code === 'ECONNRESET') socket.destroy()
  else connections.get(socket)?.refuse(refusalOf(error))
}

/** `hosts`: whether callers may use this host name, in lower case; without it any name is allowed. */
export function registerWire(
  app: FastifyInstance,
  hosts: ((name: string) => boolean) | undefined,
): void {
  app.decorateRequest('continued', false)
  app.addHook('onRequest', (request, _reply, done) => {
    const problem = headProblem(request.raw, request.originalUrl)
    if (problem !== undefined) throw problem
    if (hosts !== undefined && !hosts(hostName(request.headers.host ?? '')))
      throw new Problem('misdirected')
    done()
  })
  app.addHook('onSend', (request, reply, _payload, done) => {
    sayWhetherItEnds(app, request, reply)
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    connectionOf(request)?.release(reply.raw)
    done()
  })
}

/** Fastify itself would close it after every body that it could not parse, and with every response while it stops. */
function sayWhetherItEnds(
  app: FastifyInstance,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const ends = app.stopping || leavesBody(request, reply)
  const connection = connectionOf(request)
  if (connection?.endsWith(reply.raw, ends) ?? ends) return void reply.header('connection', 'close')
  if (reply.hasHeader('connection')) reply.removeHeader('connection')
  if (app.stopping) reply.raw.removeHeader('connection')
}

/** Whether the body stays unread, because it may never come or is too large. */
function leavesBody(request: FastifyRequest, reply: FastifyReply): boolean {
  const { raw, headers } = request
  if (headers.expect !== undefined && !request.continued) return true
  if (raw.complete || !announcesBody(raw)) return false
  return reply.hasHeader('connection') || Number(headers['content-length']) > maxBodyLength
}

/** Tells a client that waits for permission to send its body (RFC 9110 §10.1.1). */
export function giveLeave(request: FastifyRequest, reply: FastifyReply): void {
  if (
    connectionOf(request) === undefined ||
    !expectsContinue(request.raw) ||
    !announcesBody(request.raw)
  )
    return
  request.continued = true
  reply.raw.writeContinue()
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether the client was told to send the body. */
    continued: boolean
  }
}
