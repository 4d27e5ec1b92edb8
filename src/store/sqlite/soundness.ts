// A file is read whole before it is served, because damage must not be. A large one that its last user has closed is read
// beside the service instead, which would otherwise begin seconds later.

import { fork } from 'node:child_process'
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { StoreLog } from '../store.ts'
import type { Lock } from './file.ts'
import { damageError, requireSound, requireSoundLog } from './integrity.ts'

/** In bytes. A file of this size takes about a second to read. */
const largeFile = 256 * 1024 * 1024

/** A process of its own, because a thread could not be ended before it has read the file. */
const program = new URL(`checker${extname(import.meta.filename)}`, import.meta.url)

/** A file beside the database, which says what was found while it was served; the next start then reads it first. */
const markOf = (location: string) => `${location}.damaged`

/**
 * Whether the last user of the file has closed it, and nobody has found damage. Throws where its log is damaged. Must be
 * called before the file is opened, which makes a log. Whoever closes it leaves an empty one where others have it open.
 */
export function inspect(location: string): boolean {
  requireSoundLog(location)
  const log = statSync(`${location}-wal`, { throwIfNoEntry: false })
  return (log === undefined || log.size === 0) && !existsSync(markOf(location))
}

interface Opened {
  readonly location: string
  readonly closedWell: boolean
  readonly lock: Lock
  readonly log: StoreLog
}

/** Throws where the file is damaged. Returns the lock, with which a check beside the service ends. */
export function holdSound(db: DatabaseSync, { location, closedWell, lock, log }: Opened): Lock {
  if (closedWell && statSync(location).size > largeFile) {
    const end = checkBeside(location, log)
    return {
      close() {
        end()
        lock.close()
      },
    }
  }
  requireSound(db, location)
  rmSync(markOf(location), { force: true })
  return lock
}

/** Damage ends the process: the error is thrown where nobody catches it. */
function checkBeside(location: string, log: StoreLog): () => void {
  const child = fork(program, [location], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  child.on('message', (findings: readonly string[]) => {
    if (findings.length === 0) return
    writeFileSync(markOf(location), `${findings.join('\n')}\n`, { mode: 0o600 })
    throw damageError(location, findings)
  })
  child.on('exit', code => {
    if (code !== null && code > 0)
      log.warn({ location }, 'the file could not be checked beside the service: run verify')
  })
  child.unref()
  child.channel?.unref()
  return () => child.kill('SIGKILL')
}
