// Locks of other processes are waited for by a timer: within SQLite the whole process would stand still.

import { setTimeout } from 'node:timers/promises'
import { StoreError } from '../store.ts'

/** In ms, how often a lock is asked for. */
export const lockInterval = 20

export function isBusy(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'busy'
}

/** Tries again and again for so many ms, while a lock is held by somebody else. */
export async function whileBusy<T>(patience: number, attempt: () => T): Promise<T> {
  const deadline = performance.now() + patience
  for (;;) {
    try {
      return attempt()
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error
      await setTimeout(lockInterval)
    }
  }
}
