// The service as `npm start` starts it, with its workers, and what all of its processes use.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { childrenOf } from '../test/support/workers.ts'
import { startSettings } from './process.ts'

export interface Service {
  readonly port: number
  /** The processes that answer requests: the workers, or the one that has none. */
  workers(): readonly number[]
  /** In microseconds, the processor time of all its processes since the start. */
  cpu(): number
  stop(): Promise<void>
}

interface Wanted {
  readonly databaseUrl: string
  readonly workers: number
  /** The folder of the sources; these by default. */
  readonly sources?: string
}

const here = join(import.meta.dirname, '..')

/** Resolves when all workers serve. */
export async function startService({
  databaseUrl,
  workers,
  sources = here,
}: Wanted): Promise<Service> {
  const { environment, flags } = startSettings(sources)
  const child = spawn(process.execPath, [...flags, join(sources, 'src/cli.ts'), 'serve'], {
    cwd: join(sources, 'bench'),
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      ...environment,
      DATABASE_URL: databaseUrl,
      WORKERS: String(workers),
      PORT: '0',
      METRICS_PORT: '0',
      AUTH: 'none',
      LOG_LEVEL: 'warn',
    },
  })
  const { pid = Number.NaN } = child
  const { port, metrics } = await addresses(createInterface({ input: child.stdout }))
  await until(async () => {
    const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text()
    return workers === 1 || new RegExp(`^restwell_workers ${workers}$`, 'm').test(text)
  })
  return {
    port,
    workers: () => (workers === 1 ? [pid] : childrenOf(pid)),
    cpu: () => [pid, ...childrenOf(pid)].reduce((sum, one) => sum + cpuOf(one), 0),
    stop: async () => {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

async function addresses(lines: AsyncIterable<string>) {
  let port: number | undefined
  for await (const line of lines) {
    const [, name, number] = /^ *(API|Metrics).*:(\d+)/.exec(line) ?? []
    if (name === 'API') port = Number(number)
    if (name === 'Metrics' && port !== undefined) return { port, metrics: Number(number) }
  }
  throw new Error('The service ended before it was ready.')
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(resolve => setTimeout(resolve, 20))
}

/** In microseconds: Linux counts hundredths of a second. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return 10_000 * (Number(fields[11]) + Number(fields[12]))
}

/** Of a process, in bytes. */
export interface Memory {
  /** With the code of Node, which all processes share. */
  readonly resident: number
  /** What no other process shares. */
  readonly own: number
}

export function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const figure = (name: string) =>
    1024 * Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(text)?.[1])
  return { resident: figure('Rss'), own: figure('Private_Clean') + figure('Private_Dirty') }
}
