// Restwell over the resource of the benchmark, put together as `serve` does it; WITH=key,limits,checked,metrics,traces
// asks for a key, counts requests, checks responses, and measures and traces them.

import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
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
import { together } from '../../src/store/observer.ts'
import { openStore } from '../../src/store/open.ts'
import { Metrics } from '../../src/telemetry/metrics.ts'
import { spendingObserver } from '../../src/telemetry/spending.ts'
import { startTracing } from '../../src/telemetry/tracing.ts'
import { installPackages } from '../../tools/install.ts'
import { announce, databaseUrl } from './contender.ts'

const wanted = process.env.WITH?.split(',') ?? []
const version = '0.0.0'
const models = await loadModels(join(import.meta.dirname, '../schemas'))
const metrics = wanted.includes('metrics') ? new Metrics(version) : undefined
const tracing = wanted.includes('traces') ? await trace() : undefined
const observer = together([spendingObserver, metrics?.observer, tracing?.observer])
const store = openStore(databaseUrl(), { exclusive: true, observer })
const access = wanted.includes('key')
  ? { required: true, publicRead: new Set<string>() }
  : openPolicy
const limits = wanted.includes('limits')
  ? createLimits(plans(), new MemoryLimitStore(monotonicClock))
  : undefined

async function trace() {
  installPackages('tools/tracing')
  await import('../../tools/tracing/register.ts')
  const collector = fork(join(import.meta.dirname, 'collector.ts'))
  const [port] = await once(collector, 'message')
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${port}`
  return startTracing(process.env)
}

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
  ...(metrics && { metrics }),
  ...(tracing && { tracing }),
})
const sent = await headers()
await app.listen({ host: '127.0.0.1', port: 0 })
if (store.dialect.name === 'sqlite') keepHeapSmall()
announce(app.server, sent)
