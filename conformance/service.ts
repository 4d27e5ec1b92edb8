// The service as a process of its own, on a free port, over a database of its own.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { linkPackage } from '../test/support/examples.ts'
import { createSchema } from '../test/support/postgres.ts'
import { startPostgres } from '../test/support/postgres-server.ts'

const root = join(import.meta.dirname, '..')

export interface Running {
  readonly address: string
  /** A key that is allowed everything, and its id. */
  readonly key: string
  readonly keyId: string
  /** The lines of its log that tell a fault, which no response may show: of a write that is done later, say. */
  readonly faults: readonly string[]
  stop(): Promise<void>
}

interface EmptyDatabase {
  readonly url: string
  remove(): Promise<void>
}

export const databases = { sqlite: emptySqlite, postgres: emptyPostgres } as const

export type DatabaseName = keyof typeof databases

/**
 * Serves the resources of a project with their sample data to callers with keys, whose requests are counted and never too
 * many. `project`: its folder, from that of this repository.
 */
export async function startService(
  { database, project = '.' }: { readonly database: DatabaseName; readonly project?: string },
  more: Readonly<Record<string, string>> = {},
): Promise<Running> {
  linkPackage()
  const { url, remove } = await databases[database]()
  const settings = {
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_URL: url,
    SAMPLE_DATA: 'true',
    LOG_LEVEL: 'warn',
    ...more,
  }
  const env = { ...process.env, ...settings, PLANS: join(import.meta.dirname, 'plans.yaml') }
  const command = [join(root, 'src/cli.ts')]
  const cwd = join(root, project)
  // The examples are about the first key.
  const [, key] = ['Example', 'Conformance'].map(name =>
    execFileSync(process.execPath, [...command, 'key', 'create', '--name', name, '--scope', '*'], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
    }).trim(),
  )
  const child = spawn(process.execPath, [...command, 'serve'], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const faults = faultsIn(child)
  const stop = async () => {
    if (child.exitCode === null && child.kill('SIGTERM')) await once(child, 'exit')
    await remove()
  }
  try {
    return { address: await addressOf(child), key: String(key), keyId: '2', faults, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** pino's number of the level `error`. */
const error = 50

/** Grows as the log does, which is shown. */
function faultsIn({ stderr }: ChildProcess): readonly string[] {
  const faults: string[] = []
  if (stderr === null) return faults
  createInterface(stderr).on('line', line => {
    console.error(line)
    if (Number(/^\{"level":(\d+)/.exec(line)?.[1]) >= error) faults.push(line)
  })
  return faults
}

/** What it says when it is ready. */
async function addressOf({ stdout }: ChildProcess): Promise<string> {
  let said = ''
  for await (const piece of stdout?.setEncoding('utf8').iterator({ destroyOnReturn: false }) ??
    []) {
    said += piece
    const address = /http:\S+/.exec(said)?.[0]
    if (address !== undefined) return address
  }
  throw new Error('The service did not start.')
}

async function emptySqlite(): Promise<EmptyDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'restwell-sqlite-'))
  return {
    url: `sqlite:${join(folder, 'data.db')}`,
    remove: async () => rmSync(folder, { recursive: true }),
  }
}

/** On the server that the environment names, or one started for it. */
async function emptyPostgres(): Promise<EmptyDatabase> {
  const named = process.env.TEST_POSTGRES_URL
  if (named !== undefined) {
    const { url, drop } = await createSchema(named)
    return { url, remove: drop }
  }
  const { url, stop } = await startPostgres({ durable: false })
  return { url, remove: stop }
}
