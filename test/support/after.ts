// After a run: the PostgreSQL server that was started for it is told to stop, and waited for.

import { rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { addressFile, isAlive, readAddress } from './postgres-server.ts'

const { pid } = readAddress() ?? {}
rmSync(addressFile, { force: true })
for (let waited = 0; pid !== undefined && isAlive(pid) && waited < 200; waited++) await pause(100)
