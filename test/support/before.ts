// Before a run: packages that only tests need, and a PostgreSQL server for all of them, unless the environment names one.

import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { installPackages } from '../../tools/install.ts'
import { installServers } from '../postgres/servers.ts'
import { addressFile, readAddress } from './postgres-server.ts'

installServers()
installPackages('tools/tracing')
if (!process.env.TEST_POSTGRES_URL) {
  rmSync(addressFile, { force: true })
  const script = fileURLToPath(new URL('postgres-server.ts', import.meta.url))
  // It outlives this process, and ends with the run, which is the parent of this process and of every test.
  const parameters = [script, addressFile, String(process.ppid)]
  const keeper = spawn(process.execPath, parameters, {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  keeper.unref()
  for (let waited = 0; readAddress() === undefined; waited++) {
    if (keeper.exitCode !== null || waited > 600)
      throw new Error(
        'The PostgreSQL server of the tests did not start. TEST_POSTGRES_URL can name another one.',
      )
    await pause(100)
  }
}
