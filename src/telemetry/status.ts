// `/statusz`: what the service did within the last hour. Each process tells of every interval whoever keeps them.

import type { FastifyInstance } from 'fastify'
import { getStatus, type ServiceStatus } from '../http/status.ts'
import { registerService } from '../server/service.ts'
import type { Store } from '../store/store.ts'
import { Activity, type Interval } from './activity.ts'
import { History, usualInterval } from './history.ts'
import { onEnd } from './request-log.ts'

/** Where intervals are kept: here, or for several workers by their supervisor. */
export interface StatusKeeper {
  /** In seconds. */
  readonly interval: number
  keep(interval: Interval): void
  /** The intervals that ended after `since`, in seconds since 1970. */
  report(since: number): ServiceStatus | Promise<ServiceStatus>
}

/** For a service of one process. */
export function keepHere(interval = usualInterval): StatusKeeper {
  const history = new History(interval)
  return {
    interval,
    keep: interval => history.keep(1, interval, Date.now()),
    report: since => history.report(since),
  }
}

const idle = { connections: 0, queue: 0 }

interface Watched {
  readonly store: Store
  /** Whether callers need credentials. */
  readonly required: boolean
}

/** Counts every request of the app. It must come before the routes. */
export function watchActivity(
  app: FastifyInstance,
  keeper: StatusKeeper,
  { store, required }: Watched,
): void {
  const activity = new Activity(() => store.load?.() ?? idle, required)
  app.addHook('onRequest', (_request, reply, done) => {
    activity.begin(reply)
    done()
  })
  onEnd(app, (request, reply) => activity.end(request, reply))
  const stop = inStep(keeper.interval * 1000, () => keeper.keep(activity.take()))
  app.addHook('onClose', async () => {
    stop()
    activity.close()
  })
}

export function registerStatus(app: FastifyInstance, keeper: StatusKeeper): void {
  registerService(app, {
    operation: getStatus,
    answer: async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const { since = 0 } = request.query as { since?: number }
      return keeper.report(since)
    },
  })
}

/** Calls `act` when the clock is at a multiple of `milliseconds`, as it does in every other process. */
function inStep(milliseconds: number, act: () => void): () => void {
  let timer: NodeJS.Timeout
  const wait = () => {
    timer = setTimeout(next, milliseconds - (Date.now() % milliseconds) + 1).unref()
  }
  const next = () => {
    act()
    wait()
  }
  wait()
  return () => clearTimeout(timer)
}
