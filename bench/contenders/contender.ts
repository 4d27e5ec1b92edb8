// What every contender is: a process that serves `/articles` of the database it is given, and tells what it used.

import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Usage {
  /** Processor time since the start, in microseconds. */
  readonly cpu: number
  /** Resident memory, in bytes. */
  readonly memory: number
}

/** The database of this process. */
export function databaseUrl(): string {
  const url = process.env.DATABASE_URL
  if (url === undefined)
    throw new Error('DATABASE_URL is not set; contenders are started by the benchmark.')
  return url
}

export function databaseFile(): string {
  return databaseUrl().replace(/^sqlite:/, '')
}

/**
 * Tells the benchmark where the server listens, and what it used as often as it is asked; ends with the benchmark.
 * `headers`: the fields that every request must have.
 */
export function announce(server: Server, headers: Readonly<Record<string, string>> = {}): void {
  process.on('message', () => process.send?.(usage()))
  process.on('disconnect', () => process.exit())
  process.send?.({ port: (server.address() as AddressInfo).port, headers })
}

function usage(): Usage {
  const { user, system } = process.cpuUsage()
  return { cpu: user + system, memory: process.memoryUsage.rss() }
}

/** The settings of the database under which the ones written by hand run: those of Restwell. */
export const pragmas = `
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma fullfsync = on;
  pragma checkpoint_fullfsync = on;
  pragma cache_size = -4096;
  pragma temp_store = memory;
  pragma journal_size_limit = 67108864;
`

export const columns = 'id, title, author, genre, pages, price, in_stock, published, note'
