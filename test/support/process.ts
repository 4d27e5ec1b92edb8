// The command line in a process of its own, in a folder of its own, with nothing in its environment but what a test says.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, realpathSync, symlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { fixture, fixtureSchemas } from './fixture.ts'

type Environment = Readonly<Record<string, string>>

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** No command takes this long, in milliseconds; one that hangs is killed, and has no exit code. */
const patience = 60_000

const { NODE_V8_COVERAGE, NODE_COMPILE_CACHE } = process.env

/** Lets a run that measures coverage see what the process runs; otherwise it starts with what was compiled before. */
export const ofRun: Environment = {
  ...(NODE_V8_COVERAGE && { NODE_V8_COVERAGE }),
  ...(NODE_COMPILE_CACHE && !NODE_V8_COVERAGE && { NODE_COMPILE_CACHE }),
}

function start(
  t: Test,
  call: readonly string[],
  environment: Environment,
  folder: string,
  program = process.execPath,
): ChildProcess {
  const child = spawn(program, call, {
    cwd: folder,
    env: { PATH: process.env.PATH, ...ofRun, ...environment },
    timeout: patience,
    killSignal: 'SIGKILL',
  })
  t.teardown(() => child.kill('SIGKILL'))
  return child
}

async function ended(child: ChildProcess, out: Promise<string>): Promise<Ended> {
  const [[code], written, err] = await Promise.all([
    once(child, 'exit'),
    out,
    child.stderr === null ? '' : text(child.stderr),
  ])
  return { code, out: written, err }
}

/** What makes a folder a project, and where it is. */
const fixtureProject: Readonly<Record<string, string>> = {
  schemas: fixtureSchemas,
  'service.yaml': `${fixture}/service.yaml`,
}

/** Makes a folder that of a project, unless it has definitions of its own. */
export function projectAt(folder: string, project = fixtureProject): string {
  if (!existsSync(join(folder, 'schemas')))
    for (const [name, source] of Object.entries(project))
      if (!existsSync(join(folder, name))) symlinkSync(resolve(source), join(folder, name))
  return folder
}

/** A folder for the files of a test, by its one true path. */
export function folderOf(
  t: Test,
  files: Readonly<Record<string, string | Readonly<Record<string, string>>>> = {},
): string {
  return realpathSync(t.testdir(files))
}

/** Runs a command to its end. */
export async function run(
  t: Test,
  operands: readonly string[],
  environment: Environment,
  folder: string,
): Promise<Ended> {
  return runNode(t, [resolve('src/cli.ts'), ...operands], projectAt(folder), environment)
}

/** Runs a program of Node.js to its end. `call`: its file and operands, after options of Node.js. */
export async function runNode(
  t: Test,
  call: readonly string[],
  folder: string,
  environment: Environment = {},
): Promise<Ended> {
  const child = start(t, call, environment, folder)
  return ended(child, child.stdout === null ? Promise.resolve('') : text(child.stdout))
}

export interface Server {
  readonly pid: number
  /** What it said when it was ready. */
  readonly said: string
  readonly address: string
  readonly port: number
  /** Tells it to stop. */
  tell(): void
  signal(signal: NodeJS.Signals): void
  /** Interrupts it, as Ctrl+C does. */
  interrupt(): void
  /** Tells it to stop and waits until it has. */
  stop(): Promise<Ended>
  /** Tells it to stop and waits until it takes no connections any more. */
  stopping(): Promise<void>
  readonly ended: Promise<Ended>
}

/** Serves on any free port. */
export async function serve(t: Test, environment: Environment, folder: string): Promise<Server> {
  return serveNode(t, [resolve('src/cli.ts'), 'serve'], projectAt(folder), environment)
}

/** Runs a program that serves. `call`: as for `runNode`; `program`: Node.js, by default that of the tests. */
export async function serveNode(
  t: Test,
  call: readonly string[],
  folder: string,
  environment: Environment = {},
  program?: string,
): Promise<Server> {
  const child = start(t, call, { PORT: '0', ...environment }, folder, program)
  let said = ''
  child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
    said += piece
  })
  const end = ended(child, Promise.resolve(''))
  while (!said.includes('Data') && child.stdout !== null && child.exitCode === null)
    await Promise.race([once(child.stdout, 'data'), end])
  const address = /http:\S+/.exec(said)?.[0]
  if (address === undefined) throw new Error(`It does not listen: ${(await end).err}`)
  const port = Number(new URL(address).port)
  const signal = (name: NodeJS.Signals) => void child.kill(name)
  const tell = () => signal('SIGTERM')
  const interrupt = () => signal('SIGINT')
  const stopping = async () => {
    tell()
    while (await isListening(port));
  }
  const stop = async () => {
    tell()
    return end
  }
  const pid = child.pid ?? Number.NaN
  return { pid, said, address, port, signal, tell, interrupt, stop, stopping, ended: end }
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false // Refused: that is what was asked.
  } finally {
    socket.destroy()
  }
}
