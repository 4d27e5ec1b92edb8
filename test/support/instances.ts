// Instances of the service, each a process of its own over one database, and requests to whichever.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import type { Test } from 'tap'
import { ofRun, projectAt } from './process.ts'

export interface Instance {
  readonly address: string
  readonly port: number
  /** Every line that it has logged so far. */
  readonly log: readonly LogLine[]
  /** Tells it to stop and gives its exit code; then its log is complete. */
  stop(): Promise<number | null>
}

export interface LogLine {
  readonly level: number
  readonly msg: string
  readonly [field: string]: unknown
}

/** In pino's numbers. */
export const warning = 40

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it expects
  readonly json: any
}

export interface Process {
  readonly log: readonly LogLine[]
  /** Where it listens, once it answers requests; rejected with what it said when it does not come up. */
  readonly ready: Promise<string>
  /** Tells it to stop and gives its exit code. */
  stop(): Promise<number | null>
}

/** Starts to serve, on a free port unless the environment says otherwise. `flags`: of Node.js. */
export function startProcess(
  t: Test,
  environment: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Process {
  const child = spawn(process.execPath, [...flags, resolve('src/cli.ts'), 'serve'], {
    cwd: projectAt(t.testdirName),
    env: { PATH: process.env.PATH, PORT: '0', ...ofRun, ...environment },
  })
  t.teardown(() => child.kill('SIGKILL'))
  const log = collectLog(child)
  const end = once(child, 'close')
  const ready = addressOf(child)
  // Whoever only wants to see it start need not wait for it.
  ready.catch(() => {})
  const stop = async () => {
    child.kill('SIGTERM')
    const [code] = await end
    return code as number | null
  }
  return { log, ready, stop }
}

/** Serves on a free port; fulfilled when it is ready, rejected with what it said when it does not come up. */
export async function startInstance(
  t: Test,
  environment: Readonly<Record<string, string>>,
  flags?: readonly string[],
): Promise<Instance> {
  const { ready, ...started } = startProcess(t, environment, flags)
  const address = await ready
  return { address, port: Number(new URL(address).port), ...started }
}

export function startInstances(
  t: Test,
  count: number,
  environment: Readonly<Record<string, string>>,
): Promise<Instance[]> {
  t.testdir()
  return Promise.all(Array.from({ length: count }, () => startInstance(t, environment)))
}

/** Sends JSON. */
export async function send(
  address: string,
  method: string,
  path: string,
  json?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const body = json === undefined ? {} : { body: JSON.stringify(json) }
  const type: Record<string, string> =
    json === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(address + path, {
    method,
    headers: { ...type, ...headers },
    ...body,
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : undefined,
  }
}

/** Asks again and again until it is answered so. */
export async function until(
  status: number,
  ask: () => Promise<{ readonly status: number }>,
): Promise<void> {
  for (let answer = await ask(); answer.status !== status; answer = await ask());
}

/** How often each status was answered. */
export function tally(answers: readonly Answer[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

function collectLog(child: ChildProcess): LogLine[] {
  const log: LogLine[] = []
  let rest = ''
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines)
      log.push(line.startsWith('{') ? JSON.parse(line) : { level: 60, msg: line })
  })
  return log
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    let complained = ''
    child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      said += piece
      const address = /API\s+(http:\S+).*Data/s.exec(said)?.[1]
      if (address !== undefined) resolve(address)
    })
    child.stderr?.on('data', piece => {
      complained += piece
    })
    child.once('close', () => reject(new Error(`It does not serve: ${complained}`)))
  })
}
