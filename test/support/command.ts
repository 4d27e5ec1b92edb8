// A command in this process, for tests of what it says and does. Those of a process as such use `process.ts`.

import { Console } from 'node:console'
import { Writable } from 'node:stream'
import type { Test } from 'tap'
import { type Ended, projectAt } from './process.ts'

let calls = 0

/** As `run` of `process.ts`, but a definition that was loaded once is not read again. */
export async function runHere(
  _t: Test,
  operands: readonly string[],
  environment: Readonly<Record<string, string>>,
  folder: string,
): Promise<Ended> {
  const [stdout, stderr] = [new Text(), new Text()]
  const argv = [process.execPath, 'cli.ts', ...operands]
  const env = { PATH: process.env.PATH, ...environment }
  const giveBack = pretend({ argv, env, stdout, stderr }, projectAt(folder))
  try {
    await import(`../../src/cli.ts?call=${calls++}`)
    return { code: Number(process.exitCode ?? 0), out: stdout.text, err: stderr.text }
  } finally {
    giveBack()
  }
}

class Text extends Writable {
  text = ''

  override _write(piece: Buffer, _encoding: string, done: () => void): void {
    this.text += piece
    done()
  }
}

interface Pretended {
  readonly argv: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly stdout: Writable
  readonly stderr: Writable
}

/** Until it is given back, the process has these members, this folder, and no exit code. */
function pretend(members: Pretended, folder: string): () => void {
  const { console } = globalThis
  const [before, { exitCode }] = [process.cwd(), process]
  const own = Object.getOwnPropertyDescriptors(process)
  for (const [name, value] of Object.entries(members))
    Object.defineProperty(process, name, { value, configurable: true })
  globalThis.console = new Console(members)
  process.chdir(folder)
  process.exitCode = undefined
  return () => {
    process.exitCode = exitCode
    process.chdir(before)
    globalThis.console = console
    for (const name of Object.keys(members) as (keyof Pretended)[])
      Object.defineProperty(process, name, own[name])
  }
}
