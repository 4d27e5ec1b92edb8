// One test file in a process of its own, without tap's runner.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
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

/** Runs a file to its end; what it started and left behind is ended. */
export async function runTest(
  file: string,
  { folder, env, timeout }: TestOptions,
): Promise<TestRun> {
  const started = performance.now()
  const child = spawn(process.execPath, [file], {
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
