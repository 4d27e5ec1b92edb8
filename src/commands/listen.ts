// Opens the port of a service, and says where it is.

import type { FastifyInstance } from 'fastify'
import type { Config } from '../config.ts'
import type { Model } from '../resource/model.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { metricsLine, serveMetrics } from '../telemetry/metrics-server.ts'
import { listenMistake } from './listen-mistake.ts'
import type { Link } from './workers/link.ts'

interface Listener {
  /** Served here, on a port of their own. */
  readonly metrics: Metrics | undefined
  /** The models whose addresses are printed. */
  readonly shown: readonly Model[]
  readonly link: Link | undefined
}

/** Returns the lines that say where the service listens. */
export async function listen(
  app: FastifyInstance,
  { HOST, PORT, METRICS_PORT, DOCS }: Config,
  { metrics, shown, link }: Listener,
): Promise<readonly string[]> {
  const served = metrics && (await serveMetrics(metrics, { host: HOST, port: METRICS_PORT ?? 0 }))
  if (served !== undefined) app.addHook('onClose', () => served.close())
  const told = { listenTextResolver: (address: string) => textOf(address, link) }
  const address = await app.listen({ host: HOST, port: PORT, ...told }).catch(error => {
    throw listenMistake(error, HOST)
  })
  return [
    `  API   ${address}`,
    ...shown.map(({ name }) => `        ${address}/${name}`),
    ...(DOCS ? [`  Docs  ${address}/docs`] : []),
    ...(served === undefined ? [] : [metricsLine(served)]),
  ]
}

/** For the log. A service listens once, however many workers it has. */
function textOf(address: string, link: Link | undefined): string {
  if (link?.joins === undefined) return `Server listening at ${address}`
  return `Worker ${link.number} of ${link.count} serves, too`
}
