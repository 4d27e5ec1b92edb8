// Waits for the locks of other processes by a timer. SQLite's own waiting would block the whole process.

import { setTimeout } from 'node:timers/promises'
import { StoreError, type StoreLog } from '../store.ts'

/** In ms, between two attempts to get a lock. */
export const lockInterval = 20

/** In ms. Other processes of the service hold the lock for less than that, and are asked without a pause. */
const moment = 2
/** In ms, how long attempts come every millisecond. */
const shortWait = 100

/** In ms, the pause before the next attempt of somebody who has waited for so long; undefined: in the next turn. */
export function pauseAfter(waited: number): number | undefined {
  if (waited < moment) return undefined
  return waited < shortWait ? 1 : lockInterval
}

export function isBusy(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'busy'
}

/** Repeats the attempt for up to `timeout` ms, while another process holds the lock. */
export async function whileBusy<T>(timeout: number, attempt: () => T): Promise<T> {
  const start = performance.now()
  for (;;) {
    try {
      return attempt()
    } catch (error) {
      const waited = performance.now() - start
      if (!isBusy(error) || waited >= timeout) throw error
      await setTimeout(pauseAfter(waited))
    }
  }
}

/** Tells the operator that another process holds the lock, or no longer. */
export function logLock(log: StoreLog, location: string, isHeld: boolean): void {
  if (isHeld)
    log.warn(
      { location },
      'another process holds the lock of the database, and writes are refused: look for an open transaction, such as ' +
        'that of a migration, a backup or a shell',
    )
  else log.info({ location }, 'the lock of the database is free again')
}
