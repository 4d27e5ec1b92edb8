// What balancers and schedulers ask: whether the process runs, whether to send requests here. Answered under overload too.

import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Engine } from '../handlers/engine.ts'
import { deleteExpired } from '../handlers/idempotency-record.ts'
import { Problem } from '../http/problem.ts'
import { getHealth, getLiveness, getReadiness, type ServiceOperation } from '../http/service.ts'
import { registerService } from './service.ts'

export function registerProbes(app: FastifyInstance, engine: Engine): void {
  const canRead = shared(() => engine.store.query({ text: 'select 1', values: [] }))
  const canWrite = shared(() => engine.store.transact(() => writeNothing(engine)))
  registerProbe(app, getLiveness, () => undefined)
  registerProbe(app, getHealth, canRead)
  registerProbe(app, getReadiness, () => {
    if (app.stopping)
      throw new Problem('unavailable', { detail: 'The service is stopping.', headers: { 'retry-after': '1' } })
    return canWrite()
  })
}

function registerProbe(app: FastifyInstance, operation: ServiceOperation, check: () => unknown): void {
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

/** Those who ask while a check is under way wait for the same one: however many ask, the database hears one. */
function shared(check: () => Promise<unknown>): () => Promise<unknown> {
  let underWay: Promise<unknown> | undefined
  return () => {
    underWay ??= check().finally(() => {
      underWay = undefined
    })
    return underWay
  }
}

/** A write that no row is old enough for: refused where nothing may be written, such as on a standby. */
function* writeNothing({ idempotencyTable }: Engine) {
  yield deleteExpired(idempotencyTable, new Date(0))
}
