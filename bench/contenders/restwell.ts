// Restwell over the resource of the benchmark, put together as `serve` does it; WITH=key,limits,checked asks
// for a key, counts requests and checks responses.

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { pino } from 'pino'
import { openPolicy } from '../../src/access/access.ts'
import { buildApp } from '../../src/app.ts'
import { keepHeapSmall } from '../../src/commands/heap.ts'
import { loadModels } from '../../src/definitions/load.ts'
import { createEngine, tableOf } from '../../src/handlers/engine.ts'
import { makeKey } from '../../src/keys/api-key.ts'
import { insertKey, keyTables } from '../../src/keys/key-record.ts'
import { createLimits, monotonicClock } from '../../src/limits/limits.ts'
import { MemoryLimitStore } from '../../src/limits/memory-limit-store.ts'
import { parsePlans } from '../../src/limits/plans-file.ts'
import { openStore } from '../../src/store/open.ts'
import { announce, databaseUrl } from './contender.ts'

const wanted = process.env.WITH?.split(',') ?? []
const version = '0.0.0'
const models = await loadModels(join(import.meta.dirname, '../schemas'))
const store = openStore(databaseUrl(), { exclusive: true })
const access = wanted.includes('key')
  ? { required: true, publicRead: new Set<string>() }
  : openPolicy
const limits = wanted.includes('limits')
  ? createLimits(plans(), new MemoryLimitStore(monotonicClock))
  : undefined

/** Two policies that nobody reaches. */
function plans() {
  const ample = { requests_per_minute: 1_000_000_000, requests_per_day: 1_000_000_000 }
  return parsePlans(
    'plans.yaml',
    JSON.stringify({ default: 'all', anonymous: 'all', failed_logins: {}, plans: { all: ample } }),
  )
}

async function headers(): Promise<Record<string, string>> {
  if (!access.required) return {}
  const engine = createEngine({ models, store })
  const tables = keyTables(name => tableOf(engine, name))
  const text = makeKey(randomBytes(32))
  await store.transact(() =>
    insertKey(tables, { name: 'Benchmark', scopes: ['*'] }, { text, now: new Date() }),
  )
  return { authorization: `Bearer ${text}` }
}

const logger = pino({ level: 'warn' }, pino.destination(2))
const validateResponses = wanted.includes('checked')
const app = await buildApp({
  models,
  store,
  logger,
  access,
  version,
  validateResponses,
  ...(limits && { limits }),
})
const sent = await headers()
await app.listen({ host: '127.0.0.1', port: 0 })
if (store.dialect.name === 'sqlite') keepHeapSmall()
announce(app.server, sent)
