// Stopping without a failed request: what arrives is answered to the last, and each answer ends its connection.

import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    /** Set as soon as the service is told to stop: from then on `/readyz` says so. */
    stopping: boolean
  }
}

export function registerStop(app: FastifyInstance): void {
  app.decorate('stopping', false)
  app.addHook('preClose', async () => {
    app.stopping = true
  })
}
