// Gauges of what is going on in a process: its database, and the lag of its event loop.

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, type Registry } from 'prom-client'
import { diskUse } from '../store/open.ts'
import type { Store } from '../store/store.ts'

function addGauge(
  registry: Registry,
  { name, help, read }: { name: string; help: string; read: () => number | undefined },
): void {
  new Gauge({
    ...{ name, help, registers: [registry] },
    // Workers share the file, but each has connections of its own.
    aggregator: name.endsWith('_bytes') ? 'max' : 'sum',
    collect() {
      const value = read()
      if (value !== undefined) this.set(value)
    },
  })
}

export function addStoreGauges(registry: Registry, store: Store): void {
  addGauge(registry, {
    name: 'restwell_store_connections_in_use',
    help: 'Connections to a PostgreSQL server that are in use; 0 with SQLite.',
    read: () => store.load?.().connections,
  })
  addGauge(registry, {
    name: 'restwell_store_queue',
    help: 'Database calls that wait: for a connection, or for the transaction that writes to SQLite share.',
    read: () => store.load?.().queue,
  })
  addFileGauges(registry, store)
}

/** Those of the file of SQLite. Of several processes, all tell its sizes, and the one that holds it the checkpoints. */
export function addFileGauges(registry: Registry, store: Store): void {
  addGauge(registry, {
    name: 'restwell_store_size_bytes',
    help: 'The size of the SQLite file.',
    read: () => diskUse(store)?.database,
  })
  addGauge(registry, {
    name: 'restwell_store_log_bytes',
    help: 'The size of the write-ahead log of SQLite.',
    read: () => diskUse(store)?.log,
  })
  addGauge(registry, {
    name: 'restwell_store_log_pending_bytes',
    help: 'What of the write-ahead log is still to be moved into the SQLite file; it grows while a long read is in the way.',
    read: () => store.logState?.()?.pending,
  })
  addGauge(registry, {
    name: 'restwell_store_free_bytes',
    help: 'What is free on the disk of the SQLite file.',
    read: () => diskUse(store)?.free,
  })
  new Counter({
    name: 'restwell_store_checkpoints_total',
    help: 'How often all of the write-ahead log was moved into the SQLite file, and it began anew.',
    aggregator: 'max',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(store.logState?.()?.checkpoints ?? 0)
    },
  })
}

/** In ms, how often the event loop is asked how late it is, and how long a window is. */
const resolution = 10
const windowLength = 10_000
const nanoseconds = 1e9

/**
 * The lag of the event loop in a window of its own. That of prom-client begins anew with each scrape, so that two who
 * scrape take it from each other, and it has the resolution in it.
 */
export function addLagGauges(registry: Registry): void {
  const delay = monitorEventLoopDelay({ resolution })
  delay.enable()
  const measured = () => ({
    mean: delay.mean,
    p50: delay.percentile(50),
    p90: delay.percentile(90),
    p99: delay.percentile(99),
    max: delay.max,
  })
  let window = measured()
  let isFirst = true
  setInterval(() => {
    window = measured()
    isFirst = false
    delay.reset()
  }, windowLength).unref()
  for (const name of ['mean', 'p50', 'p90', 'p99', 'max'] as const)
    new Gauge({
      name: `nodejs_eventloop_lag_${name}_seconds`,
      help: `The lag of the event loop (${name}) in the last ten seconds, however often it is asked for.`,
      registers: [registry],
      aggregator: name === 'max' ? 'max' : 'average',
      collect() {
        const value = (isFirst ? measured() : window)[name]
        this.set(Math.max(0, (value || 0) / nanoseconds - resolution / 1000))
      },
    })
}
