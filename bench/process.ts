// Processes of a benchmark, each on its core where there are two, and what they are asked.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Usage } from './contenders/contender.ts'
import type { Load, Measured } from './load.ts'

/** Whether processes are pinned: `taskset` is there and so are two cores. */
export const pinned = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0

const cores = { server: '0', load: '1', all: `0-${availableParallelism() - 1}` }

interface Start {
  readonly core: keyof typeof cores | 'any'
  /** Below `bench/`. */
  readonly file: string
  readonly environment?: Readonly<Record<string, string>>
  /** Of Node. */
  readonly flags?: readonly string[]
}

function start({ core, file, environment = {}, flags = [] }: Start): ChildProcess {
  const call = [process.execPath, ...flags, join(import.meta.dirname, file)]
  const [command = '', ...operands] =
    pinned && core !== 'any' ? ['taskset', '-c', cores[core], ...call] : call
  return spawn(command, operands, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...environment },
  })
}

async function message<T>(child: ChildProcess): Promise<T> {
  const waiting = new AbortController()
  const ended = once(child, 'exit', waiting).then(([code]) => {
    throw new Error(`${child.spawnargs.join(' ')} ended with ${code}`)
  })
  try {
    const [received] = await Promise.race([once(child, 'message', waiting), ended])
    return received as T
  } finally {
    waiting.abort()
    ended.catch(() => {})
  }
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.disconnect()
  await ended
}

const root = join(import.meta.dirname, '..')

/** How Node is started. */
export interface Settings {
  readonly environment: Readonly<Record<string, string>>
  readonly flags: readonly string[]
}

/** As `npm start` starts it, and the image. */
export function startSettings(folder = root): Settings {
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const [before = '', after = ''] = scripts.start.split(' exec node ')
  const environment = Object.fromEntries(
    before.split(' ').map((setting: string) => setting.split('=')),
  )
  const cache = join(folder, environment.NODE_COMPILE_CACHE)
  return {
    environment: { ...environment, NODE_COMPILE_CACHE: cache },
    flags: after.split(' ').filter((operand: string) => operand.startsWith('--')),
  }
}

export interface Server {
  readonly port: number
  /** The fields that every request to it must have. */
  readonly headers: Readonly<Record<string, string>>
  usage(): Promise<Usage>
  stop(): Promise<void>
}

interface Started {
  readonly file: string
  readonly databaseUrl: string
  /** What else it is told. */
  readonly environment?: Readonly<Record<string, string>>
  readonly settings?: Settings | undefined
  /** Its own core by default. */
  readonly core?: 'server' | 'all'
  /** A folder for the profile of its processor time. */
  readonly profile?: string | undefined
}

/** Starts a contender over a database; with Node as it is where nothing is said of it. */
export async function startServer({
  file,
  databaseUrl,
  settings,
  core = 'server',
  profile,
  ...told
}: Started): Promise<Server> {
  const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]
  const child = start({
    core,
    file,
    environment: { ...settings?.environment, ...told.environment, DATABASE_URL: databaseUrl },
    flags: [...(settings?.flags ?? []), ...profiling],
  })
  const { port, headers } = await message<Pick<Server, 'port' | 'headers'>>(child)
  const usage = () => {
    child.send('usage')
    return message<Usage>(child)
  }
  return { port, headers, usage, stop: () => stop(child) }
}

export interface LoadProcess {
  run(load: Load): Promise<Measured>
  stop(): Promise<void>
}

export function startLoad(core: 'load' | 'any' = 'load'): LoadProcess {
  const child = start({ core, file: 'load.ts' })
  const run = async (load: Load) => {
    child.send(load)
    const { measured, error } = await message<{ measured: Measured; error?: string }>(child)
    if (error !== undefined) throw new Error(`An answer was not the expected one: ${error}`)
    return measured
  }
  return { run, stop: () => stop(child) }
}

export interface Sample extends Measured {
  readonly perSecond: number
  /** Processor time of the server for one request, in microseconds. */
  readonly cpu: number
}

/** One load on one server. */
export async function sample(
  load: LoadProcess,
  server: Server,
  what: Omit<Load, 'port'>,
): Promise<Sample> {
  const before = await server.usage()
  const measured = await load.run({ ...what, port: server.port })
  const after = await server.usage()
  return {
    ...measured,
    perSecond: measured.answers / measured.seconds,
    cpu: (after.cpu - before.cpu) / measured.answers,
  }
}
