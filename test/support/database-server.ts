// A PostgreSQL server that a test may crash, freeze, start again and promote. It is safe against crashes (fsync is on).

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import type { Test } from 'tap'
import { freePort, hydrateSymlinks, serverPackage } from './postgres-server.ts'

interface Place {
  readonly folder: string
  readonly port: number
}

/** As whom the server runs: PostgreSQL refuses to run as root. */
function runner(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const [uid, gid] = ['-u', '-g'].map(flag => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })))
  return { uid: uid as number, gid: gid as number }
}

const program = (name: string) => join(serverPackage(), 'native', 'bin', name)

async function makePlace(t: Test): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'restwell-database-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  // The server runs as another user.
  chmodSync(folder, 0o777)
  return { folder, port: await freePort() }
}

export class DatabaseServer {
  readonly port: number
  readonly #data: string
  readonly #t: Test
  #process: ChildProcess | undefined

  /** An empty server that runs. `settings`: of postgresql.conf, a line each. */
  static async start(t: Test, settings: readonly string[] = []): Promise<DatabaseServer> {
    hydrateSymlinks()
    const server = new DatabaseServer(t, await makePlace(t))
    const flags = ['-D', server.#data, '-U', 'restwell', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
    execFileSync(program('initdb'), flags, { ...runner(), stdio: 'ignore' })
    await server.#begin([...settings, 'max_connections = 200', `unix_socket_directories = ''`])
    return server
  }

  private constructor(t: Test, { folder, port }: Place) {
    this.#t = t
    this.port = port
    this.#data = join(folder, 'data')
  }

  get url(): string {
    return `postgres://restwell@${this.host}/postgres`
  }

  get host(): string {
    return `127.0.0.1:${this.port}`
  }

  /** A standby of this server, from a copy of its files; this server is stopped for it and started again. */
  async standby(name: string): Promise<DatabaseServer> {
    const standby = new DatabaseServer(this.#t, await makePlace(this.#t))
    await this.stop()
    cpSync(this.#data, standby.#data, { recursive: true, preserveTimestamps: true })
    const { uid, gid } = runner()
    if (uid !== undefined) execFileSync('chown', ['-R', `${uid}:${gid}`, standby.#data])
    writeFileSync(join(standby.#data, 'standby.signal'), '')
    await this.begin()
    const source = `host=127.0.0.1 port=${this.port} user=restwell application_name=${name}`
    await standby.#begin([`primary_conninfo = '${source}'`])
    return standby
  }

  /** Starts it again; fulfilled when it takes connections. */
  async begin(): Promise<void> {
    const child = spawn(program('postgres'), ['-D', this.#data, '-p', `${this.port}`], {
      ...runner(),
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#process = child
    const crash = () => child.kill('SIGQUIT')
    process.once('exit', crash)
    child.once('exit', () => process.removeListener('exit', crash))
    this.#t.teardown(() => this.crash())
    await untilReady(child)
  }

  /** What `pg_ctl stop -m immediate` does: nothing is finished, nothing is flushed. */
  async crash(): Promise<void> {
    await this.#end('SIGQUIT')
  }

  /** What `pg_ctl stop -m fast` does. */
  async stop(): Promise<void> {
    await this.#end('SIGINT')
  }

  /** Runs statements, each in a session of its own. */
  async sql(...texts: readonly string[]): Promise<postgres.RowList<postgres.Row[]> | undefined> {
    let rows: postgres.RowList<postgres.Row[]> | undefined
    for (const text of texts) {
      const sql = postgres(this.url, { max: 1, onnotice: () => {} })
      rows = await sql.unsafe(text)
      await sql.end()
    }
    return rows
  }

  /** The whole server stands still, as a machine does that is cut off; connections stay as they are. */
  freeze(): void {
    for (const pid of this.#pids()) process.kill(pid, 'SIGSTOP')
  }

  thaw(): void {
    for (const pid of this.#pids()) process.kill(pid, 'SIGCONT')
  }

  /** Makes a standby the server that takes writes. */
  async promote(): Promise<void> {
    execFileSync(program('pg_ctl'), ['promote', '-D', this.#data, '-w'], { ...runner(), stdio: 'ignore' })
  }

  async #begin(settings: readonly string[]): Promise<void> {
    appendFileSync(join(this.#data, 'postgresql.conf'), `\n${settings.join('\n')}\n`)
    await this.begin()
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    this.thaw()
    child.kill(signal)
    await once(child, 'exit')
  }

  /** The server and its children. */
  #pids(): number[] {
    const pid = this.#process?.pid
    if (pid === undefined) return []
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
    return [pid, ...children.split(' ').filter(Boolean).map(Number)]
  }
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    child.once('exit', () => reject(new Error(`PostgreSQL does not run: ${log}`)))
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      log += piece
      if (/ready to accept/.test(log)) resolve()
    })
  })
}
