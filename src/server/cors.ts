// CORS: pages from the listed origins may read responses (Fetch §3.3).

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { corsFields, type Origins } from '../http/cors.ts'

export function addCors(app: FastifyInstance, origins: Origins): void {
  if (origins.size === 0) return
  app.addHook('onRequest', async (request, reply) => setCors(origins, request, reply))
  // After the handler, which may set `Vary` too.
  if (!origins.has('*')) app.addHook('onSend', async (_request, reply) => setVary(reply))
}

/** For requests that are refused before hooks run. */
export function setCorsOfRefusal(
  origins: Origins,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  setCors(origins, request, reply)
  if (origins.size > 0 && !origins.has('*')) setVary(reply)
}

function setCors(origins: Origins, { method, headers }: FastifyRequest, reply: FastifyReply): void {
  const asked = method === 'OPTIONS' ? headers['access-control-request-method'] : undefined
  reply.headers(corsFields(origins, headers.origin, asked))
}

/** A cache must not give one origin a response that was sent to another (Fetch §3.3.5). */
function setVary(reply: FastifyReply): void {
  const vary = reply.getHeader('vary')
  reply.header('vary', vary === undefined ? 'Origin' : `${vary}, Origin`)
}
