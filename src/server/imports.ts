// Imports on Fastify: how much is received, and the work on them while the service runs.

import type { FastifyInstance } from 'fastify'
import type { Engine } from '../handlers/engine.ts'
import type { ReceivingOptions } from '../imports/receive.ts'
import { tidyImports } from '../imports/tidy.ts'
import { ImportWorker } from '../imports/worker.ts'
import type { Operation } from '../operations/operation.ts'
import { repeat } from './housekeeping.ts'
import type { Start } from './start.ts'

export interface ImportOptions {
  /** In bytes, the largest text; 1 GiB by default. */
  readonly limit?: number
  /** In seconds, how long the record of an import is kept after its end; 7 days by default. */
  readonly keepSeconds?: number
}

export const usualImportLimit = 1024 * 1024 * 1024
const week = 7 * 86_400

export function registerImports(
  app: FastifyInstance,
  engine: Engine,
  operations: readonly Operation[],
  { imports = {}, start }: { imports?: ImportOptions; start?: Start },
): ReceivingOptions {
  const { limit = usualImportLimit, keepSeconds = week } = imports
  const worker = new ImportWorker(engine, operations, app.log)
  app.decorate('importLimit', limit)
  app.addHook('onReady', async () => {
    if (start === undefined) worker.start()
    else void start.over.then(() => worker.start())
  })
  app.addHook('onClose', () => worker.stop())
  repeat(app, 3_600_000, () =>
    tidyImports(engine, keepSeconds).catch(error =>
      app.log.error({ err: error }, 'old imports could not be deleted'),
    ),
  )
  const wake = () => {
    engine.observer.importIs('received')
    worker.wake()
  }
  return { limit, wake }
}
