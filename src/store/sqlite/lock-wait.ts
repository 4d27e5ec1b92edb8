// Waits for the locks of other processes by a timer. SQLite's own waiting would block the whole process.

import { setTimeout } from 'node:timers/promises'
import { StoreError } from '../store.ts'

/** In ms, between two attempts to get a lock. */
export const lockInterval = 20

export function isBusy(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'busy'
}

/** Repeats the attempt for up to `timeout` ms, while another process holds the lock. */
export async function whileBusy<T>(timeout: number, attempt: () => T): Promise<T> {
  const deadline = performance.now() + timeout
  for (;;) {
    try {
      return attempt()
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error
      await setTimeout(lockInterval)
    }
  }
}
