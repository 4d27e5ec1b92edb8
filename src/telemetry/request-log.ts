// How requests end, and what the log says of it. Each line has the id of its request, and the trace to which the caller
// assigns it.

import type { FastifyInstance, FastifyReply, FastifyRequest, preParsingHookHandler } from 'fastify'
import { BoundedLog, type Line } from '../access/bounded-log.ts'
import { instanceOf } from '../http/request-id.ts'
import { parseTraceparent } from '../http/trace-context.ts'
import { answering, callerOf, requestDetails, routeOf } from '../server/request-details.ts'
import type { SecurityLog } from './security-log.ts'

type Listener = (request: FastifyRequest, reply: FastifyReply) => void

declare module 'fastify' {
  interface FastifyInstance {
    /** Told of requests for which Fastify runs no `onResponse`. */
    otherEndings: Listener[]
  }
}

/** Tells of bodies that break off. It must come before the routes. */
function watchEndings(app: FastifyInstance): void {
  app.decorate('otherEndings', [])
  const watch: preParsingHookHandler = (request, reply, payload, done) => {
    request.raw.once('close', () => {
      if (!request.raw.complete && !reply.raw.writableFinished) endOtherwise(request, reply)
    })
    done(null, payload)
  }
  app.addHook('onRoute', route => {
    if (route.config?.operation?.accepts.length)
      route.preParsing = [watch, route.preParsing ?? []].flat()
  })
}

export function endOtherwise(request: FastifyRequest, reply: FastifyReply): void {
  for (const listener of request.server.otherEndings) listener(request, reply)
}

/** Calls `act` with every request when it has ended. */
export function onEnd(app: FastifyInstance, act: Listener): void {
  if (!app.hasDecorator('otherEndings')) watchEndings(app)
  app.otherEndings.push(act)
  app.addHook('onResponse', (request, reply, done) => {
    act(request, reply)
    done()
  })
}

/** Whether nobody has the response: the client closed the connection, or its half of it, before. */
export function isAborted({ raw: { socket } }: FastifyRequest): boolean {
  return socket.readableEnded || socket.destroyed
}

/** In ms; a response that takes longer is worth a line in the log. */
const slow = 1000

/** `share`: of all requests, those that get a line whatever becomes of them, between 0 and 1. */
export function registerRequestLog(
  app: FastifyInstance,
  security: SecurityLog,
  share: number,
): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { traceparent, 'x-forwarded-for': forwardedFor } = request.headers
    if (traceparent !== undefined) joinTrace(request, reply)
    if (forwardedFor !== undefined) security.forwarded(request)
    done()
  })
  const lines = new BoundedLog(app.log)
  app.addHook('onClose', async () => lines.close())
  const all = ['debug', 'trace'].includes(app.log.level)
  onEnd(app, (request, reply) => {
    if (reply.statusCode === 401 || reply.statusCode === 403) security.refused(request, reply)
    const remark = remarkOn(request, reply)
    const chosen = Math.random() < share
    if (chosen || all) {
      const { level, message } = remark ?? { level: chosen ? 'info' : 'debug', message: 'request' }
      request.log[level](detailsOf(request, reply), message)
    } else if (remark !== undefined) lines.write(lineOf(remark, request, reply), request.log)
  })
}

function joinTrace(request: FastifyRequest, reply: FastifyReply): void {
  const trace = parseTraceparent(request.headers.traceparent)
  if (trace !== undefined) request.log = reply.log = request.log.child(trace)
}

type Remark = Pick<Line, 'level' | 'event' | 'message'>

const aborted: Remark = { level: 'info', event: 'request_aborted', message: 'aborted request' }
const failed: Remark = { level: 'warn', event: 'request_failed', message: 'failed request' }
const late: Remark = { level: 'warn', event: 'request_slow', message: 'slow request' }

/** Scanners send methods and versions that nobody serves, with which the service has not failed. */
export const unknownToServers: readonly number[] = [501, 505]

/** Why a request is worth a line in any case. */
function remarkOn(request: FastifyRequest, reply: FastifyReply): Remark | undefined {
  if (isAborted(request)) return aborted
  if (reply.statusCode >= 500) return isTold(request, reply) ? undefined : failed
  if (request.isLong) return undefined
  return reply.elapsedTime > slow && answering(request, reply) > slow ? late : undefined
}

function isTold({ faultIsLogged }: FastifyRequest, { statusCode }: FastifyReply): boolean {
  return faultIsLogged || unknownToServers.includes(statusCode)
}

/** Of each route and status some are told within a minute, so that an outage does not fill the log. */
function lineOf(remark: Remark, request: FastifyRequest, reply: FastifyReply): Line {
  const who = `${reply.statusCode} ${routeOf(request)}`
  return { ...remark, who, details: detailsOf(request, reply) }
}

function detailsOf(request: FastifyRequest, reply: FastifyReply): object {
  const { address, ...details } = requestDetails(request)
  const { spent, receivedAt } = request
  const milliseconds = Math.round(reply.elapsedTime)
  return {
    ...details,
    route: routeOf(request),
    ...outcomeOf(request, reply),
    address,
    ...callerOf(request),
    milliseconds,
    // The clock of the reply has stopped before this one is asked.
    ...(receivedAt > 0 && {
      receiving: Math.max(0, milliseconds - Math.round(answering(request, reply))),
    }),
    ...(spent && { database: Math.round(spent.database), waiting: Math.round(spent.waiting) }),
  }
}

/** A request whose body broke off has no status. */
function outcomeOf(request: FastifyRequest, { statusCode: status }: FastifyReply): object {
  const isGone = isAborted(request)
  if (isGone && !request.raw.complete) return { aborted: true }
  return {
    status,
    ...(status >= 400 && { instance: instanceOf(request.id) }),
    ...(isGone && { aborted: true }),
  }
}
