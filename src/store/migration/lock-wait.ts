// Locks that others hold are asked for again and again, each time for a moment: whoever waits behind us comes in between.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Row } from '../../resource/row.ts'
import { type Online, type Session, type Store, StoreError } from '../store.ts'
import type { Watch } from './watch.ts'

export interface Locking {
  readonly session: Session
  readonly online: Online
  /** Asks another session. */
  readonly query: Store['query']
  readonly watch: Watch
  /** How long, in ms, one lock is waited for. */
  readonly patience: number
}

/** In ms: 15 minutes. */
export const usualPatience = 900_000
/** In ms, between two attempts. */
const shortestPause = 1_000
const longestPause = 10_000
/** In ms, how often the lock of another migration is asked for. */
const lockInterval = 250

/** Runs the task while no other migration of this database runs. */
export async function exclusively<T>(locking: Locking, task: () => Promise<T>): Promise<T> {
  await takeLock(locking)
  try {
    return await task()
  } finally {
    await locking.session.run(locking.online.releaseLock)
  }
}

async function takeLock({ session, online, watch, patience }: Locking): Promise<void> {
  const deadline = performance.now() + patience
  for (let isFirst = true; !isGiven(await session.run(online.takeLock)); isFirst = false) {
    const holders = await session.run(online.lockHolders)
    if (isFirst)
      watch.log.info(sessionsOf(holders), 'another instance is changing the tables; waiting for it')
    if (performance.now() > deadline)
      throw new Error(
        `Another instance is still changing the tables: ${holders.map(holderToText).join('; ')}.`,
      )
    watch.tell('waiting for another instance that is changing the tables')
    await sleep(lockInterval)
  }
}

function isGiven(rows: readonly Row[]): boolean {
  const [[given] = []] = rows
  return given === true
}

/** Repeats an attempt as long as others use the tables. An attempt that fails for that has changed nothing. */
export async function untilFree<T>(
  locking: Locking,
  tables: readonly string[],
  attempt: () => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + locking.patience
  for (let pause = shortestPause; ; pause = Math.min(longestPause, pause * 1.5)) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'busy') throw error
      await tellHolders(locking, tables, { error, isLast: performance.now() > deadline })
    }
    await sleep(pause)
  }
}

interface Failure {
  readonly error: StoreError
  /** Whether it is not attempted again. */
  readonly isLast: boolean
}

async function tellHolders(
  { session, online, watch }: Locking,
  tables: readonly string[],
  failure: Failure,
) {
  const holders = await session.run(online.holders(tables))
  const subject = tables.length === 0 ? 'the tables' : tables.join(', ')
  watch.log.warn(sessionsOf(holders), `${subject}: in use by others`)
  watch.tell(`waiting for ${subject}, in use by others`)
  if (!failure.isLast) return
  const reason = holders.length === 0 ? failure.error.message : holders.map(holderToText).join('; ')
  throw new Error(`${subject}: still in use, so nothing was changed there (${reason}).`, {
    cause: failure.error,
  })
}

/** Sessions, for the log. */
export function sessionsOf(holders: readonly Row[]) {
  return {
    sessions: holders.map(([pid, application, user, since]) => ({ pid, application, user, since })),
  }
}

function holderToText([pid, application, user, since]: Row): string {
  return `session ${pid} of ${application || user}, in a transaction since ${since}`
}
