// Before a run: a PostgreSQL server for all of its tests, unless the environment names one.

import { spawn } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { addressFile } from './postgres.ts'

if (process.env.TEST_POSTGRES_URL === undefined) {
  rmSync(addressFile, { force: true })
  const script = fileURLToPath(new URL('postgres-server.ts', import.meta.url))
  const keeper = spawn(process.execPath, [script, addressFile], { detached: true, stdio: 'ignore' })
  keeper.unref()
  for (let waited = 0; !existsSync(addressFile); waited++) {
    if (keeper.exitCode !== null || waited > 600) throw new Error('The PostgreSQL server of the tests did not start.')
    await pause(100)
  }
}
