// Stages of a request that are over when they return: a promise for each would cost more than most of them do.

import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'

/** A hook (`onRequest`, `preValidation`, …) out of a check that throws what it refuses. */
export function stage(check: (request: FastifyRequest, reply: FastifyReply) => void) {
  return (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void => {
    check(request, reply)
    done()
  }
}
