// Stopping without a failed request: what arrives is answered to the last, and each answer ends its connection.

import type { Server } from 'node:http'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    /** Set as soon as the service is told to stop: from then on `/readyz` says so. */
    stopping: boolean
  }
}

/** In ms: how long clients that keep connections have to ask once more and hear that it was the last time. */
export const usualFarewell = 500

/** `farewell` in ms. A service that is closed while it does not listen closes at once. */
export function registerStop(app: FastifyInstance, farewell = usualFarewell): void {
  app.decorate('stopping', false)
  app.addHook('preClose', async () => {
    app.stopping = true
    if (!app.server.listening) return
    await untilUnused(app.server, farewell)
    // What was sent may still be on its way through the kernel; where somebody always connects, no time is quiet.
    await untilQuiet(app.server, 250, () => setTimeout(10))
    await untilQuiet(app.server, 1000, () => setImmediate())
  })
}

/** Until there is no connection any more, for so many ms at most: one that is closed loses the request that crosses it. */
async function untilUnused(server: Server, time: number): Promise<void> {
  const count = promisify(server.getConnections.bind(server))
  for (const end = performance.now() + time; performance.now() < end && (await count()) > 0; ) await setTimeout(10)
}

/**
 * Until one wait brings no connection and no request, for so many ms at most. With the port, the connections are thrown
 * away that have not been accepted; and those that are idle are closed, though a request may lie there unread.
 */
async function untilQuiet(server: Server, time: number, wait: () => Promise<void>): Promise<void> {
  let heard = true
  const hear = () => {
    heard = true
  }
  server.on('connection', hear).on('request', hear)
  for (const end = performance.now() + time; heard && performance.now() < end; ) {
    heard = false
    await wait()
  }
  server.off('connection', hear).off('request', hear)
}
