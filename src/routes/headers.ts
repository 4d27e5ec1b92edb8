// The fields of all answers that make browsers careful with it, and those that let pages of listed origins read it.

import type { FastifyInstance } from 'fastify'
import { corsFields, type Origins } from '../http/cors.ts'

/** An answer is data: no browser guesses another type for it, runs it or shows it within another page. */
const careful = Object.freeze({
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
})

/** A 304 has none of them: it has no content, and the answer that it stands for keeps its own (RFC 9110 §15.4.5). */
export function addCarefulFields(app: FastifyInstance, origins: Origins): void {
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (reply.statusCode !== 304) reply.headers(careful)
    done()
  })
  if (origins.size === 0) return
  app.addHook('onRequest', async ({ method, headers }, reply) => {
    const asked = method === 'OPTIONS' ? headers['access-control-request-method'] : undefined
    reply.headers(corsFields(origins, headers.origin, asked))
  })
  if (!origins.has('*'))
    app.addHook('onSend', async (_request, reply) => void reply.header('vary', withOrigin(reply.getHeader('vary'))))
}

/** A cache must not give one origin what was answered to another (Fetch §3.3.5). */
function withOrigin(vary: unknown): string {
  return vary === undefined ? 'Origin' : `${vary}, Origin`
}
