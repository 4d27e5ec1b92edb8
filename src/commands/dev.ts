// `dev`: serves while somebody works on the project, and starts again after each change.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type CommandCall, refuseOperands } from './command.ts'
import { watchProject } from './watch.ts'

/** Editors write a file in several steps; a start begins when nothing has changed for so many milliseconds. */
const quiet = 100

export async function dev({ operands, environment }: CommandCall): Promise<void> {
  refuseOperands(operands)
  const loop = new Loop(environment)
  const watcher = watchProject('.', file => loop.changed(file))
  const end = async () => {
    watcher.close()
    await loop.end()
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  loop.start()
}

/** One serving process at a time: SQLite allows no second one on a file. */
class Loop {
  readonly #environment: NodeJS.ProcessEnv
  #child: ChildProcess | undefined
  #timer: NodeJS.Timeout | undefined
  #starting: Promise<void> = Promise.resolve()

  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment
  }

  start(): void {
    const { execPath, execArgv, argv } = process
    const child = spawn(execPath, [...execArgv, String(argv[1]), 'serve', '--dev'], {
      // By the channel the process learns that this one has ended, however that was.
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: this.#environment,
    })
    this.#child = child
    child.once('exit', code => {
      if (this.#child !== child) return
      this.#child = undefined
      if (code !== 0) console.error('It starts again as soon as a file changes.')
    })
  }

  changed(file: string): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#starting = this.#starting.then(() => this.#restart(file))
    }, quiet)
  }

  async #restart(file: string): Promise<void> {
    console.error(`\n${file} has changed.`)
    await this.#stop()
    this.start()
  }

  async #stop(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    await gone
  }

  async end(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#starting
    await this.#stop()
  }
}
