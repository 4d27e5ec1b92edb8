// The balancer of deploy/Caddyfile in a process of its own, where its program is installed.

import type { Test } from 'tap'
import { findProgram, startProxy } from './proxy.ts'

const tools = process.env.DEPLOY_TOOLS ?? 'node_modules/.cache/deploy-tools'

/** The program; undefined where there is none: `npm run lint:deploy` installs it. */
export function findCaddy(): string | undefined {
  return findProgram(['caddy', `${tools}/bin/caddy`], 'version')
}

/** Listens on `port` before the instances. Gives the address. */
export async function startCaddy(
  t: Test,
  program: string,
  port: number,
  instances: readonly number[],
) {
  const address = `http://127.0.0.1:${port}`
  await startProxy(t, {
    command: [program, 'run', '--config', 'deploy/Caddyfile', '--adapter', 'caddyfile'],
    environment: {
      LISTEN: address,
      INSTANCES: instances.map(instance => `127.0.0.1:${instance}`).join(' '),
    },
    probe: `${address}/livez`,
  })
  return address
}
