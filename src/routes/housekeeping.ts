// What is done beside the requests, now and then.

import type { FastifyInstance } from 'fastify'
import { idempotencyKeyLifetime } from '../http/idempotency.ts'
import type { Engine } from './engine.ts'
import { deleteExpired } from './idempotency-record.ts'

export function keepHouse(app: FastifyInstance, { store, idempotencyTable, clock, keyRing }: Engine): void {
  // They are forgotten an hour after their time at the latest.
  const forgetOldKeys = () =>
    store.transact(function* () {
      yield deleteExpired(idempotencyTable, new Date(clock().getTime() - idempotencyKeyLifetime))
    })
  repeat(app, 3_600_000, () => forgetOldKeys().catch(tell(app, 'old idempotency keys could not be deleted')))
  const recordUses = () => keyRing.recordUses().catch(tell(app, 'the last uses of keys could not be stored'))
  repeat(app, 60_000, recordUses)
  app.addHook('onClose', recordUses)
}

function repeat(app: FastifyInstance, milliseconds: number, work: () => void): void {
  const timer = setInterval(work, milliseconds).unref()
  app.addHook('onClose', async () => clearInterval(timer))
}

function tell(app: FastifyInstance, message: string): (error: unknown) => void {
  return error => app.log.error({ err: error }, message)
}
