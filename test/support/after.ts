// After a run: the PostgreSQL server that was started for it is stopped.

import { existsSync, readFileSync, rmSync } from 'node:fs'
import { addressFile } from './postgres.ts'

if (existsSync(addressFile)) {
  process.kill(JSON.parse(readFileSync(addressFile, 'utf8')).pid, 'SIGTERM')
  rmSync(addressFile)
}
