// The balancer of deploy/Caddyfile in a process of its own, where its program is installed.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import type { Test } from 'tap'

const places = [
  'caddy',
  `${process.env.DEPLOY_TOOLS ?? 'node_modules/.cache/deploy-tools'}/bin/caddy`,
]

/** The program; undefined where there is none: `npm run lint:deploy` installs it. */
export function findCaddy(): string | undefined {
  return places.find(place => spawnSync(place, ['version']).status === 0)
}

/** Listens on `port` before the instances. Gives the address. */
export async function startCaddy(
  t: Test,
  program: string,
  port: number,
  instances: readonly number[],
) {
  const child = spawn(program, ['run', '--config', 'deploy/Caddyfile', '--adapter', 'caddyfile'], {
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      HOME: t.testdirName,
      LISTEN: `http://127.0.0.1:${port}`,
      INSTANCES: instances.map(instance => `127.0.0.1:${instance}`).join(' '),
    },
  })
  t.teardown(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  const address = `http://127.0.0.1:${port}`
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) break
    const answered = await fetch(`${address}/livez`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (answered) return address
    await setTimeout(100)
  }
  throw new Error(`The balancer does not answer at ${address}.`)
}
