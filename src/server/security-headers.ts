// Security headers: every response is data, so no browser guesses another type for it, runs it or shows it in a frame.

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

/** A 304 has none of them: it has no content, and the response that it stands for keeps its own (RFC 9110 §15.4.5). */
export function setSecurityHeaders(reply: FastifyReply): void {
  if (reply.statusCode !== 304) reply.headers(securityHeaders)
}
