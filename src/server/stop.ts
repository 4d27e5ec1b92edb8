// Stops without a failed request: every request that arrives is served, and its response ends the connection.

import type { Server } from 'node:http'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the service is stopping; `/readyz` says so from then on. */
    stopping: boolean
  }
}

/** In ms, how long clients that keep connections have for one more request, whose response ends the connection. */
export const usualFarewell = 500

/** `farewell` in ms. A service that is closed while it does not listen closes at once. */
export function registerStop(app: FastifyInstance, farewell = usualFarewell): void {
  app.decorate('stopping', false)
  app.addHook('preClose', async () => {
    app.stopping = true
    if (!app.server.listening) return
    await untilUnused(app.server, farewell)
    // Requests may still be on their way through the kernel. The time is bounded, because there may always be new ones.
    await untilQuiet(app.server, 250, () => setTimeout(10))
    await untilQuiet(app.server, 1000, () => setImmediate())
  })
}

/** Waits up to `time` ms until there is no connection. Closing one would lose a request that is on its way. */
async function untilUnused(server: Server, time: number): Promise<void> {
  const count = promisify(server.getConnections.bind(server))
  for (const end = performance.now() + time; performance.now() < end && (await count()) > 0; )
    await setTimeout(10)
}

/**
 * Waits up to `time` ms, until one `wait` brings no connection and no request. When the port is closed, connections that
 * have not been accepted are dropped, and idle ones are closed even if a request in them is unread.
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
