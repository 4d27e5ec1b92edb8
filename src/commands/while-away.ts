// Waits for a database that goes away during a start.

import { setTimeout } from 'node:timers/promises'
import type { Config } from '../config.ts'
import { StoreError } from '../store/store.ts'

/** The pause between two tries to start, in ms. */
const retryDelay = 1000

/**
 * A database that goes away during the start is waited for, like one that is not there yet. What was
 * begun is finished by the next try.
 */
export async function whileAway<T>(config: Config, start: () => Promise<T>): Promise<T> {
  const end = performance.now() + config.DATABASE_WAIT_SECONDS * 1000
  for (;;) {
    try {
      return await start()
    } catch (error) {
      const isAway = error instanceof StoreError && error.code === 'unavailable' && error.reported
      if (!isAway || performance.now() > end) throw error
    }
    await setTimeout(retryDelay)
  }
}
