// Restwell over the resource of the benchmark, put together as `serve` does it.

import { join } from 'node:path'
import { pino } from 'pino'
import { buildApp } from '../../src/app.ts'
import { loadModels } from '../../src/load.ts'
import { openStore } from '../../src/store/open.ts'
import { announce, databaseUrl } from './contender.ts'

const app = await buildApp({
  models: await loadModels(join(import.meta.dirname, '../schemas')),
  store: openStore(databaseUrl(), { exclusive: true }),
  logger: pino({ level: 'warn' }, pino.destination(2)),
  version: '0.0.0',
})
await app.listen({ host: '127.0.0.1', port: 0 })
announce(app.server)
