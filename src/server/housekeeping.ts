// Tasks that run from time to time, in addition to the requests.

import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Engine } from '../handlers/engine.ts'
import { expiredPortion } from '../handlers/idempotency-record.ts'
import { purgeDeleted } from '../handlers/purge.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { Start } from './start.ts'

/** In ms, between two portions of a long task, so that waiting requests are served. */
const portionPause = 5

interface House {
  readonly keyRing: KeyRing
  /** Until it is over, the tables may not be there. */
  readonly start?: Start
}

export function keepHouse(app: FastifyInstance, engine: Engine, { keyRing, start }: House): void {
  const { store, idempotencyRecords, policy } = engine
  // Keys are deleted within an hour after they expire.
  const forgetOldKeys = async () => {
    const forgetSome = () => store.transact(() => idempotencyRecords.forgetExpired())
    while (!app.stopping && (await forgetSome()) === expiredPortion) await setTimeout(portionPause)
  }
  repeat(app, 3_600_000, () =>
    forgetOldKeys().catch(logFailure(app, 'old idempotency keys could not be deleted')),
  )
  const purge = async () => {
    while (!app.stopping && (await purgeDeleted(engine))) await setTimeout(portionPause)
  }
  if (engine.models.some(({ keepFor }) => keepFor !== undefined))
    repeat(app, 3_600_000, () =>
      purge().catch(logFailure(app, 'deleted rows that are due could not be deleted for good')),
    )
  const recordUses = () =>
    keyRing.recordUses().catch(logFailure(app, 'the last uses of keys could not be stored'))
  repeat(app, 60_000, recordUses)
  app.addHook('onClose', recordUses)
  if (!policy.required) return
  // Changed keys are logged even if there are no requests.
  const watchKeys = () =>
    keyRing.watch().catch(logFailure(app, 'changed keys could not be looked for'))
  app.addHook('onReady', async () => {
    if (start === undefined) await watchKeys()
    else void start.over.then(watchKeys)
  })
  repeat(app, 60_000, watchKeys)
}

export function repeat(app: FastifyInstance, milliseconds: number, work: () => void): void {
  const timer = setInterval(work, milliseconds).unref()
  app.addHook('onClose', async () => clearInterval(timer))
}

function logFailure(app: FastifyInstance, message: string): (error: unknown) => void {
  return error => app.log.error({ err: error }, message)
}
