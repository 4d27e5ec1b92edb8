// A PostgreSQL server that a test may crash, freeze, start again and promote. It is safe against crashes (fsync is on).

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type postgres from 'postgres'
import type { Test } from 'tap'
import { installServers, serverPackage, type Version, versions } from '../postgres/servers.ts'
import { connectTo, freePort, runner, type TlsOptions, takeTls } from './postgres-server.ts'

export interface ServerKind {
  readonly version: Version
  /** Whether nobody is let in but over TLS, with a password by SCRAM, and the service has the certificate proved. */
  readonly tls: boolean
}

/** Those that what befalls a server is tried on, each with its name. */
export const serverKinds = new Map<string, ServerKind>([
  [versions.newest.name, { version: 'newest', tls: false }],
  [`${versions.newest.name} over TLS`, { version: 'newest', tls: true }],
  [`${versions.oldest.name} over TLS`, { version: 'oldest', tls: true }],
])

const [plain] = serverKinds.values()

interface Place {
  readonly folder: string
  readonly port: number
}

async function makePlace(t: Test): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'restwell-database-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  // The server runs as another user.
  chmodSync(folder, 0o777)
  return { folder, port: await freePort() }
}

/** Of those that are let in over TLS; every character that an address must encode is in it. */
const password = 'p@ss:/?#[w]%ord'

const overTls = `
hostssl all all 127.0.0.1/32 scram-sha-256
hostssl replication all 127.0.0.1/32 scram-sha-256
`

interface Options extends TlsOptions {
  readonly kind?: ServerKind | undefined
  /** Of pg_hba.conf: who is let in over TLS. */
  readonly access?: string
  /** Of postgresql.conf, a line each. */
  readonly settings?: readonly string[]
}

export class DatabaseServer {
  readonly port: number
  readonly #data: string
  readonly #t: Test
  readonly #kind: ServerKind
  #query = ''
  #process: ChildProcess | undefined

  /** An empty server that runs. */
  static async start(t: Test, options: Options = {}): Promise<DatabaseServer> {
    const { kind = plain as ServerKind, settings = [] } = options
    installServers()
    const server = new DatabaseServer(t, await makePlace(t), kind)
    server.#initialise(options)
    await server.#begin([...settings, 'max_connections = 200', `unix_socket_directories = ''`])
    return server
  }

  private constructor(t: Test, { folder, port }: Place, kind: ServerKind) {
    this.#t = t
    this.port = port
    this.#kind = kind
    this.#data = join(folder, 'data')
  }

  #initialise({ access = overTls, ...tls }: Options): void {
    const data = this.#data
    const secret = `${data}.password`
    writeFileSync(secret, password)
    const method = this.#kind.tls ? ['-A', 'scram-sha-256', `--pwfile=${secret}`] : ['-A', 'trust']
    const flags = ['-D', data, '-U', 'restwell', ...method, '-E', 'UTF8', '--locale=C', '--no-sync']
    execFileSync(this.#program('initdb'), flags, { ...runner(), stdio: 'ignore' })
    if (!this.#kind.tls) return
    this.#query = `?${takeTls(data, tls).query}`
    writeFileSync(join(data, 'pg_hba.conf'), `${access}\n`)
  }

  #program(name: string): string {
    return join(serverPackage(this.#kind.version), 'native', 'bin', name)
  }

  get url(): string {
    return this.urlWith([this])
  }

  /** The address of several servers, of which the service takes the one that takes writes. */
  urlWith(servers: readonly DatabaseServer[]): string {
    const secret = this.#kind.tls ? `:${encodeURIComponent(password)}` : ''
    return `postgres://restwell${secret}@${servers.map(({ host }) => host).join(',')}/postgres${this.#query}`
  }

  get host(): string {
    return `127.0.0.1:${this.port}`
  }

  /** A standby of this server, from a copy of its files; this server is stopped for it and started again. */
  async standby(name: string): Promise<DatabaseServer> {
    const standby = new DatabaseServer(this.#t, await makePlace(this.#t), this.#kind)
    standby.#query = this.#query
    await this.stop()
    cpSync(this.#data, standby.#data, { recursive: true, preserveTimestamps: true })
    const { uid, gid } = runner()
    if (uid !== undefined) execFileSync('chown', ['-R', `${uid}:${gid}`, standby.#data])
    writeFileSync(join(standby.#data, 'standby.signal'), '')
    await this.begin()
    const source = `host=127.0.0.1 port=${this.port} user=restwell application_name=${name}${this.#secrecy()}`
    await standby.#begin([`primary_conninfo = '${source}'`])
    return standby
  }

  /** What another server must say to be let in; files of the user that runs the tests are no concern of its. */
  #secrecy(): string {
    return this.#kind.tls
      ? ` password=${password} sslmode=require sslcert=none sslrootcert=none`
      : ''
  }

  /** Starts it again; fulfilled when it takes connections. */
  async begin(): Promise<void> {
    const child = spawn(this.#program('postgres'), ['-D', this.#data, '-p', `${this.port}`], {
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
      const sql = connectTo(this.url)
      rows = await sql.unsafe(text)
      await sql.end()
    }
    return rows
  }

  /** The whole server stands still, as a machine does that is cut off; connections stay as they are. */
  /** First the process that makes the others, so that none begins meanwhile. */
  freeze(): void {
    const [server, ...first] = this.#pids()
    if (server === undefined) return
    signal(server, 'SIGSTOP')
    while (!isStopped(server));
    for (const pid of new Set([...first, ...this.#pids()])) signal(pid, 'SIGSTOP')
  }

  thaw(): void {
    for (const pid of this.#pids()) signal(pid, 'SIGCONT')
  }

  /** Makes a standby the server that takes writes. */
  async promote(): Promise<void> {
    execFileSync(this.#program('pg_ctl'), ['promote', '-D', this.#data, '-w'], {
      ...runner(),
      stdio: 'ignore',
    })
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

/** A process that has ended since it was listed needs no signal. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
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

/** Whether the kernel has taken it from the processors: `T` (proc_pid_stat(5)). */
function isStopped(pid: number): boolean {
  return / T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/, ''))
}
