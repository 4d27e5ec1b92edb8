// `/metrics` on a port of its own, so that an API that is open to the world does not show it.

import fastify, { type FastifyInstance } from 'fastify'
import { registerErrors } from '../server/errors.ts'
import type { Metrics } from './metrics.ts'

/** Serves them until the app is closed. Gives the address. */
export async function serveMetrics(
  app: FastifyInstance,
  metrics: Metrics,
  address: { host: string; port: number },
): Promise<string> {
  const server = fastify({ forceCloseConnections: true })
  registerErrors(server)
  server.get('/metrics', async (_request, reply) =>
    reply
      .headers({ 'content-type': metrics.contentType, 'cache-control': 'no-store' })
      .send(await metrics.text()),
  )
  app.addHook('onClose', () => server.close())
  return `${await server.listen(address)}/metrics`
}
