// What the log says about requests. Each line has the id of its request, and the trace to which the caller assigns it.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { withoutSecrets } from '../access/redact.ts'
import { parseTraceparent } from '../http/trace-context.ts'
import type { SecurityLog } from './security-log.ts'

/** In milliseconds; a response that takes longer is worth a line in the log. */
const slow = 1000

export function registerRequestLog(app: FastifyInstance, security: SecurityLog): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { traceparent, 'x-forwarded-for': forwardedFor } = request.headers
    if (traceparent !== undefined) joinTrace(request, reply)
    if (forwardedFor !== undefined) security.forwarded(request)
    done()
  })
  const all = ['debug', 'trace'].includes(app.log.level)
  app.addHook('onResponse', (request, reply, done) => {
    if (reply.statusCode === 401 || reply.statusCode === 403) security.refused(request, reply)
    if (all || reply.elapsedTime > slow) logAnswer(request, reply)
    done()
  })
}

function joinTrace(request: FastifyRequest, reply: FastifyReply): void {
  const trace = parseTraceparent(request.headers.traceparent)
  if (trace !== undefined) request.log = reply.log = request.log.child(trace)
}

function logAnswer(
  { log, method, url }: FastifyRequest,
  { statusCode, elapsedTime }: FastifyReply,
): void {
  const entry = {
    method,
    url: withoutSecrets(url),
    status: statusCode,
    milliseconds: Math.round(elapsedTime),
  }
  if (elapsedTime > slow) log.warn(entry, 'slow request')
  else log.debug(entry, 'request')
}
