// A PostgreSQL server of the tests' own: kept by this process, started before a run and stopped after it.

import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { loadServer, type ServerProcess, type Version } from '../postgres/servers.ts'
import { Authority, type Wanted } from './certificates.ts'
import { memoryFolder } from './memory-folder.ts'

/** Where the server of this run leaves its address: the tests and what comes before them have one parent. */
export const addressFile = join(tmpdir(), `restwell-postgres-${process.ppid}.json`)

/** The server of this run and the process that keeps it; nothing as long as there is none. */
export function readAddress(): { readonly url: string; readonly pid: number } | undefined {
  return existsSync(addressFile) ? JSON.parse(readFileSync(addressFile, 'utf8')) : undefined
}

export interface EmbeddedServer {
  readonly url: string
  readonly folder: string
  stop(): Promise<void>
}

export interface ServerOptions {
  readonly version?: Version
  /** With a certificate of an authority of its own, and SCRAM; the address then asks for both. */
  readonly tls?: boolean
  /** Whether its files outlive a crash of the whole machine; true by default. */
  readonly durable?: boolean
  /** Settings of the server, `-c name=value`. */
  readonly flags?: readonly string[]
}

const usual = ['max_connections=300', 'unix_socket_directories=']
const undurable = ['fsync=off', 'full_page_writes=off']

/** Starts a server on a free port. */
export async function startPostgres(options: ServerOptions = {}): Promise<EmbeddedServer> {
  const { version = 'newest', tls = false, durable = true, flags = [] } = options
  const Server = await loadServer(version)
  const prefix = 'restwell-postgres-'
  const folder = durable ? mkdtempSync(join(tmpdir(), prefix)) : memoryFolder(prefix)
  // The server runs as another user.
  chmodSync(folder, 0o755)
  const settings = durable ? usual : [...usual, ...undurable]
  const log: string[] = []
  const serve = (port: number) =>
    new Server({
      databaseDir: join(folder, 'data'),
      port,
      user: 'restwell',
      password: 'restwell',
      authMethod: tls ? 'scram-sha-256' : 'password',
      // PostgreSQL does not run as root.
      createPostgresUser: process.getuid?.() === 0,
      // A language's order, as many servers have it; ours must not come from there.
      initdbFlags: ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en-US'],
      postgresFlags: [...settings.flatMap(setting => ['-c', setting]), ...flags],
      onLog: line => void log.push(String(line)),
      onError: error => void log.push(String(error)),
    })
  try {
    await serve(0).initialise()
    const query = tls ? `?${takeTls(join(folder, 'data')).query}` : ''
    const { server, port } = await startOnFreePort(serve)
    const url = `postgres://restwell:restwell@127.0.0.1:${port}/postgres${query}`
    return { url, folder, stop: () => server.stop().finally(() => remove(folder)) }
  } catch (error) {
    remove(folder)
    throw new Error(`PostgreSQL did not start:\n${log.join('\n')}`, { cause: error })
  }
}

export interface TlsOptions {
  readonly authority?: Authority
  /** What its certificate says; by default that it is for this machine. */
  readonly certificate?: Partial<Wanted>
}

/** Gives a server that is not started yet a certificate. `query`: what a client says to have it proved. */
export function takeTls(data: string, options: TlsOptions = {}): { readonly query: string } {
  const { authority = new Authority('The authority of a test'), certificate } = options
  const { cert, key } = authority.issue({
    name: 'A server of a test',
    hosts: ['127.0.0.1', 'localhost'],
    ...certificate,
  })
  const root = join(data, 'root.crt')
  writeFileSync(root, authority.cert)
  writeFileSync(join(data, 'server.crt'), cert)
  writeFileSync(join(data, 'server.key'), key, { mode: 0o600 })
  const { uid, gid } = runner()
  if (uid !== undefined && gid !== undefined) chownSync(join(data, 'server.key'), uid, gid)
  appendFileSync(join(data, 'postgresql.conf'), `\nssl = on\nssl_ca_file = 'root.crt'\n`)
  return { query: `sslmode=verify-full&sslrootcert=${encodeURIComponent(root)}` }
}

/** As whom the server runs: PostgreSQL refuses to run as root. */
export function runner(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const [uid, gid] = ['-u', '-g'].map(flag =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })),
  )
  return { uid: uid as number, gid: gid as number }
}

/** A session of the tests' own at an address as the service takes it. */
export function connectTo(
  url: string,
  options: postgres.Options<Record<string, never>> = {},
): postgres.Sql {
  const address = new URL(url)
  const root = address.searchParams.get('sslrootcert')
  address.searchParams.delete('sslrootcert')
  const ssl = root === null ? {} : { ssl: { ca: readFileSync(root) } }
  return postgres(address.href, { max: 1, onnotice: () => {}, ...ssl, ...options })
}

/** A port that was free a moment ago may be taken by the time the server wants it: then there are others. */
async function startOnFreePort(serve: (port: number) => ServerProcess, attempts = 3) {
  const port = await freePort()
  const server = serve(port)
  try {
    await server.start()
    return { server, port }
  } catch (error) {
    if (attempts === 1) throw error
    return startOnFreePort(serve, attempts - 1)
  }
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/**
 * As a process of its own: writes the address to the file it is given, and keeps the server until the file or the run is
 * gone. A signal would not do: some systems end a process by it without asking, and who interrupts a run sends none.
 */
async function keep(file: string, run: number): Promise<void> {
  const server = await startPostgres({ durable: false })
  // However this process ends: the package has ideas of its own about it.
  process.on('exit', () => {
    remove(file)
    remove(server.folder)
  })
  writeFileSync(`${file}.new`, JSON.stringify({ url: server.url, pid: process.pid }))
  renameSync(`${file}.new`, file)
  while (existsSync(file) && isAlive(run)) await pause(200)
  await server.stop()
  process.exit()
}

const [, , file, run] = process.argv
if (import.meta.main && file !== undefined) await keep(file, Number(run))
