// A program of Node.js that runs on while a test talks to it.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type { Test } from 'tap'

export interface Session {
  /** What it has written so far. */
  out(): string
  err(): string
  /** Waits until what it has written is as it should be; rejects when it ends before. */
  says(isEnough: (out: string) => boolean): Promise<void>
  complains(isEnough: (err: string) => boolean): Promise<void>
  interrupt(): void
  /** Its exit code. */
  readonly ended: Promise<number | null>
}

export function startSession(
  t: Test,
  call: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>>,
): Session {
  const child = spawn(process.execPath, call, {
    cwd: folder,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const [out, err] = [collect(child.stdout), collect(child.stderr)]
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const waitFor = async (stream: Collected, isEnough: (text: string) => boolean) => {
    while (!isEnough(stream.text())) {
      if (child.exitCode !== null) throw new Error(`It has ended: ${out.text()}\n${err.text()}`)
      await Promise.race([once(stream.source, 'data'), ended])
    }
  }
  return {
    out: out.text,
    err: err.text,
    says: isEnough => waitFor(out, isEnough),
    complains: isEnough => waitFor(err, isEnough),
    interrupt: () => void child.kill('SIGINT'),
    ended,
  }
}

interface Collected {
  readonly source: Readable
  text(): string
}

function collect(source: Readable): Collected {
  let text = ''
  source.setEncoding('utf8').on('data', (piece: string) => {
    text += piece
  })
  return { source, text: () => text }
}
