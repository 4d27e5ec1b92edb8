// What is done beside the requests, now and then.

import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Engine } from '../handlers/engine.ts'
import { expiredPortion, forgetExpired } from '../handlers/idempotency-record.ts'
import { idempotencyKeyLifetime } from '../http/idempotency.ts'

/** In ms, between two portions of a long task, for the requests that wait. */
const pause = 5

export function keepHouse(app: FastifyInstance, engine: Engine): void {
  const { store, idempotencyTable, clock, keyRing, policy } = engine
  // They are forgotten within an hour after their time.
  const forgetOldKeys = async () => {
    const before = new Date(clock().getTime() - idempotencyKeyLifetime)
    const forgetSome = () => store.transact(() => forgetExpired(idempotencyTable, before))
    while (!app.stopping && (await forgetSome()) === expiredPortion) await setTimeout(pause)
  }
  repeat(app, 3_600_000, () => forgetOldKeys().catch(tell(app, 'old idempotency keys could not be deleted')))
  const recordUses = () => keyRing.recordUses().catch(tell(app, 'the last uses of keys could not be stored'))
  repeat(app, 60_000, recordUses)
  app.addHook('onClose', recordUses)
  if (!policy.required) return
  // So that the log tells of changed keys though nobody calls.
  const watchKeys = () => keyRing.watch().catch(tell(app, 'it could not be found out whether keys have changed'))
  app.addHook('onReady', watchKeys)
  repeat(app, 60_000, watchKeys)
}

function repeat(app: FastifyInstance, milliseconds: number, work: () => void): void {
  const timer = setInterval(work, milliseconds).unref()
  app.addHook('onClose', async () => clearInterval(timer))
}

function tell(app: FastifyInstance, message: string): (error: unknown) => void {
  return error => app.log.error({ err: error }, message)
}
