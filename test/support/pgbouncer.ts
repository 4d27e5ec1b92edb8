// PgBouncer before a server, in a process of its own, where its program is installed.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Test } from 'tap'
import { freePort, runner } from './postgres-server.ts'

const places = ['pgbouncer', '/usr/sbin/pgbouncer', process.env.PGBOUNCER ?? '']

/** The program; undefined where there is none. */
export function findPgBouncer(): string | undefined {
  return places.find(place => place !== '' && spawnSync(place, ['--version']).status === 0)
}

export interface PoolerOptions {
  readonly program: string
  /** The server's port. */
  readonly port: number
  /** Of its configuration, a line each: `pool_mode = session`. */
  readonly settings: readonly string[]
}

/** Gives the address of the database through it. */
export async function startPgBouncer(
  t: Pick<Test, 'teardown'>,
  { program, port, settings }: PoolerOptions,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'restwell-pgbouncer-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  // It runs as another user.
  chmodSync(folder, 0o777)
  const own = await freePort()
  const lines = [
    '[databases]',
    // Everybody is let in as this user.
    `postgres = host=127.0.0.1 port=${port} user=restwell password=restwell`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${own}`,
    'unix_socket_dir =',
    'auth_type = any',
    ...settings,
  ]
  writeFileSync(join(folder, 'pgbouncer.ini'), `${lines.join('\n')}\n`)
  const child = spawn(program, [join(folder, 'pgbouncer.ini')], {
    ...runner(),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
    log += piece
  })
  t.teardown(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  while (!(await listens(own)))
    if (child.exitCode !== null) throw new Error(`PgBouncer does not run: ${log}`)
  return `postgres://restwell@127.0.0.1:${own}/postgres`
}

async function listens(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return setImmediate(false) // Not yet.
  } finally {
    socket.destroy()
  }
}
