// Test files in a process, without tap's runner.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

export interface TestRun {
  readonly passed: boolean
  /** In milliseconds. */
  readonly duration: number
  /** What it wrote: TAP, and what was written beside it. */
  readonly output: string
}

export interface TestOptions {
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  /** In milliseconds: a run that takes longer has failed. */
  readonly timeout: number
}

const inTurn = join(import.meta.dirname, 'in-turn.ts')

/** Runs a file in a process of its own. */
export function runTest(file: string, options: TestOptions): Promise<TestRun> {
  return runProcess([file], options)
}

/** Runs files one after the other in one process. One that the process did not come to has failed. */
export async function runInTurn(
  files: readonly string[],
  options: TestOptions,
): Promise<ReadonlyMap<string, TestRun>> {
  const { passed, duration, output } = await runProcess([inTurn, ...files], options)
  const runs = new Map<string, TestRun>()
  let rest = output
  for (const file of files) {
    const own = endOf(file, rest)
    runs.set(file, own ?? { passed: false, duration, output: rest })
    if (own !== undefined) rest = rest.slice(own.output.length)
  }
  const last = String(files.at(-1))
  const isTold = [...runs.values()].some(run => !run.passed)
  if (!passed && !isTold) runs.set(last, { passed: false, duration, output })
  return runs
}

/** The part of an output that is of a file, whose last test has its name. */
function endOf(file: string, output: string): TestRun | undefined {
  const lines = output.split('\n')
  const isEnd = (line: string) => line.startsWith('ok ') && line.includes(` - ${file} #`)
  const length = lines.findIndex(isEnd) + 1
  if (length === 0) return undefined
  const own = lines.slice(0, length)
  const times = own.map(line => Number(/^(?:not )?ok .* # time=([\d.]+)ms/.exec(line)?.[1] ?? 0))
  return {
    passed: !own.some(line => /^not ok(?!.*# TODO)/.test(line)),
    duration: times.reduce((sum, time) => sum + time, 0),
    output: `${own.join('\n')}\n`,
  }
}

/** Runs a program to its end; what it started and left behind is ended. */
async function runProcess(
  call: readonly string[],
  { folder, env, timeout }: TestOptions,
): Promise<TestRun> {
  const started = performance.now()
  const child = spawn(process.execPath, call, {
    cwd: folder,
    // By itself, tap would give up after 30 s.
    env: { ...env, TAP_TIMEOUT: String(timeout / 1000) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const end = () => endGroup(child.pid)
  const timer = setTimeout(end, timeout)
  process.once('exit', end)
  const written = Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await once(child, 'exit')
  end()
  clearTimeout(timer)
  process.removeListener('exit', end)
  const output = (await written).join('')
  return { passed: code === 0, duration: performance.now() - started, output }
}

/** A group of which nothing is left needs no signal. */
function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
