// Probes for balancers and schedulers: whether the process runs, and whether to send it requests. They respond under overload too.

import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Engine } from '../handlers/engine.ts'
import { Problem } from '../http/problem.ts'
import { getHealth, getLiveness, getReadiness } from '../http/service.ts'
import type { ServiceOperation } from '../http/service-operation.ts'
import { plain, quote, type Work } from '../store/store.ts'
import { registerService } from './service.ts'
import type { Standing } from './standing.ts'

export function registerProbes(app: FastifyInstance, engine: Engine, standing: Standing): void {
  const canRead = singleFlight(() => engine.store.query({ text: 'select 1', values: [] }))
  const canWrite = singleFlight(() => engine.store.transact(() => writeNothing(engine, standing)))
  registerProbe(app, getLiveness, () => undefined)
  registerProbe(app, getHealth, canRead)
  registerProbe(app, getReadiness, () => {
    if (app.stopping)
      throw new Problem('unavailable', {
        detail: 'The service is stopping.',
        headers: { 'retry-after': '1' },
      })
    return canWrite()
  })
}

function registerProbe(
  app: FastifyInstance,
  operation: ServiceOperation,
  check: () => unknown,
): void {
  registerService(app, {
    operation,
    config: { pressureHandler: answerAllTheSame },
    answer: async (_request, reply: FastifyReply) => {
      reply.header('cache-control', 'no-store')
      await check()
      return { status: 'pass' }
    },
  })
}

function answerAllTheSame(): void {}

/** Callers share a check in progress, so the database gets one query at a time, however many callers there are. */
function singleFlight(check: () => Promise<unknown>): () => Promise<unknown> {
  let underWay: Promise<unknown> | undefined
  return () => {
    underWay ??= check().finally(() => {
      underWay = undefined
    })
    return underWay
  }
}

/** A deletion that finds no row, because no digest is empty: this fails where nothing may be written, such as on a standby. */
function* writeNothing(
  {
    idempotencyRecords: {
      table: { name },
    },
  }: Engine,
  standing: Standing,
): Work<void> {
  yield plain(`delete from ${quote(name)} where "digest" = ''`)
  const [[withdrawn = null] = []] = yield standing.statement
  standing.require(withdrawn)
}
