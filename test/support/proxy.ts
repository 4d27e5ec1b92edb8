// A proxy in a process of its own, until the test is over.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import type { Test } from 'tap'

/** The first of these programs that is there; undefined where there is none. */
export function findProgram(places: readonly string[], versionOption: string): string | undefined {
  return places.find(place => spawnSync(place, [versionOption]).status === 0)
}

export interface Proxy {
  readonly command: readonly [program: string, ...operands: readonly string[]]
  readonly environment?: Readonly<Record<string, string>>
  /** An address behind it, which it can answer as soon as it runs. */
  readonly probe: string
}

export async function startProxy(t: Test, { command, environment, probe }: Proxy): Promise<void> {
  const [program, ...operands] = command
  const child = spawn(program, operands, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH, HOME: t.testdirName, ...environment },
  })
  t.teardown(async () => {
    child.kill('SIGTERM')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) break
    const answered = await fetch(probe).then(
      ({ ok }) => ok,
      () => false,
    )
    if (answered) return
    await setTimeout(100)
  }
  throw new Error(`The proxy does not answer at ${probe}.`)
}
