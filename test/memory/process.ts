// A process of `service.ts` that has 512 MiB, and what it takes of them.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'

/** As `npm start` has them; the old generation is as large as Node makes it where there are 512 MiB. */
const flags = [
  '--min-semi-space-size=8',
  '--max-semi-space-size=8',
  '--no-memory-reducer',
  '--max-old-space-size=256',
]

export interface Process {
  readonly port: number
  /** In MiB, the most that it has had in memory at once. */
  peak(): number
  alive(): boolean
}

/** `rows`: how many there are at its start. */
export async function start(t: Test, url: string, rows: number): Promise<Process> {
  const file = join(import.meta.dirname, 'service.ts')
  const child = spawn(process.execPath, [...flags, file, url, String(rows)], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env.PATH, MALLOC_ARENA_MAX: '2' },
  })
  t.teardown(() => child.kill('SIGKILL'))
  const [said] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
  const port = Number(/:(\d+)/.exec(String(said))?.[1])
  const status = () => readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return {
    port,
    peak: () => Number(/VmHWM:\s+(\d+) kB/.exec(status())?.[1]) / 1024,
    alive: () => child.exitCode === null && child.signalCode === null,
  }
}

export const skip =
  process.platform === 'linux'
    ? {}
    : { skip: 'the memory of a process is read from /proc, which Linux has' }
