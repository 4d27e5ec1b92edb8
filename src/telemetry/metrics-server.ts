// Serves `/metrics` on a separate port, so that a public API does not show them.

import fastify from 'fastify'
import { registerErrors } from '../server/errors.ts'

interface Metrics {
  readonly contentType: string
  text(): Promise<string>
}

export interface MetricsServer {
  readonly address: string
  close(): Promise<void>
}

export async function serveMetrics(
  metrics: Metrics,
  address: { host: string; port: number },
): Promise<MetricsServer> {
  const server = fastify({ forceCloseConnections: true })
  registerErrors(server)
  server.get('/metrics', async (_request, reply) =>
    reply
      .headers({ 'content-type': metrics.contentType, 'cache-control': 'no-store' })
      .send(await metrics.text()),
  )
  return { address: `${await server.listen(address)}/metrics`, close: () => server.close() }
}

/** The line of a start about it. */
export function metricsLine({ address }: MetricsServer): string {
  return `  Metrics  ${address}`
}
