// Security headers. Every response is data: no browser may guess another type for it, run it, or show it in a frame.

import type { FastifyInstance, FastifyReply } from 'fastify'

const securityHeaders = Object.freeze({
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
})

export function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onSend', (_request, reply, _payload, done) => {
    setSecurityHeaders(reply)
    done()
  })
}

/** A 304 needs none: it has no content, and the stored response keeps its own fields (RFC 9110 §15.4.5). */
export function setSecurityHeaders(reply: FastifyReply): void {
  if (reply.statusCode !== 304) reply.headers(securityHeaders)
}
