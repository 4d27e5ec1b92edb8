// Reports of a migration while it is under way.

import type { StoreLog } from '../store.ts'

export interface Watch {
  readonly log: StoreLog
  /** Takes what is under way, in words, for whoever asks. */
  tell(doing: string): void
  /** In ms, how often the log tells of a step that takes long; 30 s by default. */
  readonly interval?: number
}

export const unwatched: Watch = { log: { info() {}, warn() {}, error() {} }, tell() {} }

export interface Stage {
  /** From 1. */
  readonly number: number
  readonly total: number
  readonly statement: string
}

/** Says that a statement is begun. The function that it gives says that it is done. */
export function begin({ log, tell }: Watch, { number, total, statement }: Stage): () => void {
  const step = `changing the tables, step ${number} of ${total}`
  const started = performance.now()
  log.info({ statement }, step)
  tell(`${step}: ${statement}`)
  return () =>
    log.info({ seconds: Math.round(performance.now() - started) / 1000 }, `${step}, is done`)
}
