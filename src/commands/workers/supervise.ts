// `serve` with several workers: the process that starts them, holds what they share, and stops them.

import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import type { Config } from '../../config.ts'
import type { Log } from '../../resource/resource.ts'
import { isServer, openStore } from '../../store/open.ts'
import type { Store } from '../../store/store.ts'
import type { MetricsOfWorkers } from '../../telemetry/metrics-of-workers.ts'
import { type MetricsServer, metricsLine, serveMetrics } from '../../telemetry/metrics-server.ts'
import { listenMistake } from '../listen-mistake.ts'
import { stopOnSignal } from '../stop.ts'
import { Duties } from './duties.ts'
import type { Ready } from './messages.ts'
import { StartFailed, Supervisor } from './supervisor.ts'

export interface Supervised {
  readonly config: Config
  readonly log: Log
  readonly count: number
  /** Says that the service is ready. */
  say(ready: Ready): void
}

/** Returns the exit code of a start that has failed and said why. */
export async function supervise({
  config,
  log,
  count,
  say,
}: Supervised): Promise<number | undefined> {
  const port = await portOf(config)
  const file = holdFile(config, log)
  const metrics = await openMetrics(config, file, worker =>
    supervisor.tell(worker, { tell: 'metrics' }),
  )
  const duties = new Duties({
    metrics,
    tell: (worker, order) => supervisor.tell(worker, order),
    tellOthers: (worker, order) => supervisor.tellOthers(worker, order),
  })
  const supervisor = new Supervisor({ count, port, log, duties })
  let served: MetricsServer | undefined
  const close = async () => {
    await supervisor.close()
    await served?.close()
    await file?.close()
  }
  const announce = () => supervisor.announce()
  stopOnSignal({ log, drainSeconds: config.DRAIN_SECONDS, announce, close })
  try {
    served = metrics && (await serve(metrics, config))
    say(withMetrics(await supervisor.start(), served))
    return undefined
  } catch (error) {
    // The start breaks off, and the process ends as the signal demands.
    if (supervisor.stopping) return undefined
    await close()
    if (error instanceof StartFailed && error.exitCode > 0) return error.exitCode
    throw error
  }
}

/**
 * The lock of a file is that of this process, and what a start looks for is looked for here, once. The file stays open, so
 * that its log stays where it is while all workers are replaced.
 */
function holdFile({ DATABASE_URL: url }: Config, log: Log): Store | undefined {
  return isServer(url) ? undefined : openStore(url, { exclusive: true, log })
}

/** One that is free, if any will do: it stays the same while workers come and go. */
async function portOf({ HOST: host, PORT: port }: Config): Promise<number> {
  if (port > 0) return port
  const server = createServer().listen({ host, port: 0, exclusive: true })
  await once(server, 'listening').catch(error => {
    throw listenMistake(error, host)
  })
  const { port: free } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return free
}

async function openMetrics(
  { METRICS_PORT }: Config,
  file: Store | undefined,
  ask: (worker: number) => void,
): Promise<MetricsOfWorkers | undefined> {
  if (METRICS_PORT === undefined) return undefined
  const { MetricsOfWorkers } = await import('../../telemetry/metrics-of-workers.ts')
  return new MetricsOfWorkers(ask, file)
}

function serve(
  metrics: MetricsOfWorkers,
  { HOST: host, METRICS_PORT: port = 0 }: Config,
): Promise<MetricsServer> {
  return serveMetrics(metrics, { host, port })
}

function withMetrics(ready: Ready, served: MetricsServer | undefined): Ready {
  if (served === undefined) return ready
  return { ...ready, addresses: [...ready.addresses, metricsLine(served)] }
}
