// Serves `/metrics` on a separate port, so that a public API does not show them.

import fastify, { type FastifyInstance } from 'fastify'
import { registerErrors } from '../server/errors.ts'
import type { Metrics } from './metrics.ts'

/** Serves the metrics until the app is closed. Returns the address. */
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
