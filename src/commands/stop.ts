// How a serving process ends: by a signal, after a fault, or by a second signal from somebody who does not want to wait.

import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '../resource/resource.ts'
import { StoreError } from '../store/store-error.ts'

/** In seconds, how long requests in flight may take when the service no longer drains. */
export const closingTime = 10

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const
type Signal = (typeof signals)[number]

/** In ms. One stop may come as several signals, because npm forwards those that a terminal or systemd sends to the group. */
const sameStop = 1000

/** The meaning of a signal: to begin, to drain no longer, to wait no longer, or nothing new. */
export type StopOrder = 'begin' | 'hurry' | 'cut' | 'nothing'

export interface StopState {
  /** In ms, when the last order came; undefined before the first. */
  readonly since: number | undefined
  readonly draining: boolean
}

/** Only Ctrl+C can come from a person who does not want to wait; process managers use SIGKILL for that. */
export function orderOf(signal: Signal, { since, draining }: StopState, now: number): StopOrder {
  if (since === undefined) return 'begin'
  if (signal !== 'SIGINT' || now - since < sameStop) return 'nothing'
  return draining ? 'hurry' : 'cut'
}

export interface Stoppable {
  readonly log: Log
  readonly drainSeconds: number
  /** Makes `/readyz` say that the service is stopping, while it goes on serving. */
  announce(): void
  /** Finishes the requests in flight and closes everything. */
  close(): Promise<void>
}

/** Ends the process at a signal (exit code 0), or after a fault (1). */
export function stopOnSignal(service: Stoppable): void {
  const stop = new Stop(service)
  for (const signal of signals) process.on(signal, () => stop.hear(signal))
  process.on('uncaughtException', error => stop.fail(error))
}

/** For a process that another one tells to stop. */
export function ignoreSignals(): void {
  for (const signal of signals) process.on(signal, () => {})
}

export class Stop {
  readonly #service: Stoppable
  readonly #hurry = new AbortController()
  #since: number | undefined
  #draining = false

  constructor(service: Stoppable) {
    this.#service = service
  }

  hear(signal: Signal): void {
    const now = performance.now()
    const order = orderOf(signal, { since: this.#since, draining: this.#draining }, now)
    if (order === 'nothing') return
    this.#since = now
    if (order === 'begin') void this.#begin(signal)
    else if (order === 'hurry') this.#hurry.abort()
    else this.#cutOff(`told to stop again (${signal}): requests still in flight are cut off`)
  }

  fail(error: Error): void {
    const fault = 'a fault in the service: please report it with this entry'
    this.#service.log.error({ err: error }, isDamage(error) ? error.message : fault)
    if (this.#since !== undefined) process.exit(1)
    this.#since = performance.now()
    this.#service.announce()
    void this.close(1)
  }

  announce(): void {
    this.#since ??= performance.now()
    this.#service.announce()
  }

  async #begin(signal: Signal): Promise<void> {
    const { log, drainSeconds } = this.#service
    log.info({ signal, drainSeconds }, 'told to stop')
    this.#service.announce()
    if (signal === 'SIGTERM') await this.#drain(drainSeconds)
    await this.close(0)
  }

  async #drain(seconds: number): Promise<void> {
    this.#draining = true
    await pause(seconds * 1000, undefined, { signal: this.#hurry.signal }).catch(error => {
      if (error.name !== 'AbortError') throw error
    })
    this.#draining = false
  }

  /** Ends the process with this code, or after a fault with 1. */
  async close(code: number): Promise<void> {
    const late = `requests still in flight after ${closingTime} s are cut off`
    setTimeout(() => this.#cutOff(late), closingTime * 1000)
    try {
      await this.#service.close()
    } catch (error) {
      this.#service.log.error(
        { err: error },
        'a fault while stopping: please report it with this entry',
      )
      process.exit(1)
    }
    process.exit(code)
  }

  #cutOff(why: string): void {
    this.#service.log.error({}, why)
    process.exit(1)
  }
}

/** Whether the database has been found damaged while it was served. */
function isDamage(error: Error): boolean {
  return error instanceof StoreError && error.code === 'damaged'
}
