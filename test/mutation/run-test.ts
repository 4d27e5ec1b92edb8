// One test file in a process of its own, without the test runner.

import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface TestRun {
  readonly passed: boolean
  /** In milliseconds. */
  readonly duration: number
}

/** A run that takes longer than `timeout` ms has failed; the whole group of its processes is ended. */
export async function runTest(
  folder: string,
  test: string,
  env: NodeJS.ProcessEnv,
  timeout: number,
): Promise<TestRun> {
  const started = performance.now()
  const child = spawn(process.execPath, [test], {
    cwd: folder,
    // Without the runner and its settings, tap would give up after 30 s.
    env: { ...env, TAP_TIMEOUT: String(timeout / 1000) },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  })
  const end = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
  }
  const timer = setTimeout(end, timeout)
  let failed = false
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (failed || !/^ *not ok /m.test(text)) return
    failed = true
    end()
  })
  const [code] = await once(child, 'exit')
  clearTimeout(timer)
  return { passed: code === 0 && !failed, duration: performance.now() - started }
}
