// A server of the Redis protocol for one test file, started by it: Redis or Valkey, whichever is installed.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { freePort } from './postgres-server.ts'

const programs = ['valkey-server', 'redis-server']
const program = programs.find(name => spawnSync(name, ['--version']).status === 0)

/** What tap is told where there is none. */
export const withoutRedis =
  program === undefined ? `none of ${programs.join(', ')} is installed` : false

export interface RedisServer {
  readonly url: string
  /** It hangs: connections stay, and nothing is answered. */
  freeze(): void
  thaw(): void
  /** It is gone, with all that it knew. */
  stop(): Promise<void>
  /** At the same address. */
  start(): Promise<void>
}

export async function startRedis(t: Test): Promise<RedisServer> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'restwell-redis-'))
  let server: ChildProcess | undefined
  const start = async () => {
    server = await launch(port, folder)
  }
  const stop = async () => {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return
    const gone = once(server, 'exit')
    server.kill('SIGKILL')
    await gone
  }
  t.teardown(async () => {
    await stop()
    rmSync(folder, { recursive: true, force: true })
  })
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    freeze: () => server?.kill('SIGSTOP'),
    thaw: () => server?.kill('SIGCONT'),
    stop,
    start,
  }
}

async function launch(port: number, folder: string): Promise<ChildProcess> {
  const settings = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    folder,
  ]
  const server = spawn(program ?? '', settings, { stdio: ['ignore', 'pipe', 'ignore'] })
  for await (const line of createInterface({ input: server.stdout }))
    if (line.includes('Ready to accept')) break
  if (server.exitCode !== null) throw new Error('The Redis server of the test did not start.')
  server.stdout.resume()
  return server
}
