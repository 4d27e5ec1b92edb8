// How many workers a service has, by its settings and by the machine.

import { availableParallelism } from 'node:os'
import type { Config } from '../../config.ts'
import { isServer } from '../../store/open.ts'

/** In bytes. A process with so much survives the worst that callers can ask of it (`test/memory/`). */
export const memoryOfWorker = 512 * 1024 * 1024
/** With fewer connections than that, a worker over PostgreSQL would write one row at a time. */
const connectionsOfWorker = 2
const inMemory = 'sqlite::memory:'

export interface Machine {
  /** Of which the process may use so many. */
  readonly cores: number
  /** In bytes; of which it may use so many. */
  readonly memory: number
}

export function thisMachine(): Machine {
  return { cores: availableParallelism(), memory: process.constrainedMemory() || Infinity }
}

/** Throws an `Error` that says what to set. */
export function workersOf(config: Config, { cores, memory }: Machine = thisMachine()): number {
  const { WORKERS, DATABASE_URL: url, DATABASE_CONNECTIONS: connections } = config
  const most = mostFor(url, connections)
  if (WORKERS === 'auto')
    return Math.max(1, Math.min(cores, Math.floor(memory / memoryOfWorker), most.usual))
  const workers = Number(WORKERS)
  if (!/^[1-9]\d{0,2}$/.test(WORKERS) || workers > 128)
    throw new Error(`WORKERS is '${WORKERS}'; it must be auto, or a number from 1 to 128`)
  if (workers > most.possible) throw new Error(`WORKERS is ${workers}, and ${most.why}`)
  return workers
}

function mostFor(url: string, connections: number) {
  if (isServer(url)) {
    const why = `DATABASE_CONNECTIONS is ${connections}: each worker needs one, and better two`
    return { usual: Math.floor(connections / connectionsOfWorker), possible: connections, why }
  }
  if (url !== inMemory) return { usual: Infinity, possible: Infinity, why: '' }
  return { usual: 1, possible: 1, why: `${inMemory} is within one process` }
}
