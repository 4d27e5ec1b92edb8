// Where other processes write to the same file: whoever has the response to a write sees it in the next read, whichever
// process that asks.

import type { FastifyInstance } from 'fastify'
import type { Store } from '../store/store.ts'

/** It must be the first hook: what is asked for in the turn in which a request arrives is read after that. */
export function readFresh(app: FastifyInstance, store: Store): void {
  if (store.refresh === undefined) return
  app.addHook('onRequest', (_request, _reply, done) => {
    store.refresh?.()
    done()
  })
}
