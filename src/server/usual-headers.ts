// The header fields of every response: the id of its request, and for browsers that it is data, which they must not guess
// another type for, run, or show in a frame.

import type { FastifyInstance, FastifyReply } from 'fastify'

const securityHeaders = Object.freeze({
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
})

export function addUsualHeaders(app: FastifyInstance): void {
  app.addHook('onSend', (_request, reply, _payload, done) => {
    setUsualHeaders(reply)
    done()
  })
}

/** A 304 has no content to protect, and the stored response keeps its own fields (RFC 9110 §15.4.5). */
export function setUsualHeaders(reply: FastifyReply): void {
  reply.header('request-id', reply.request.id)
  if (reply.statusCode !== 304) reply.headers(securityHeaders)
}
