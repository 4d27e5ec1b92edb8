// Synchronous stages of a request: a promise for each would cost more than most of them do.

import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'

/** Makes a hook (`onRequest`, `preValidation`, …) from a check that throws a `Problem`. */
export function stage(check: (request: FastifyRequest, reply: FastifyReply) => void) {
  return (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void => {
    check(request, reply)
    done()
  }
}
