// Starts the workers of a service, replaces those that end, and stops them all.

import cluster, { type Worker } from 'node:cluster'
import type { Log } from '../../resource/resource.ts'
import type { Duties } from './duties.ts'
import { closeUnconfirmed } from './handover.ts'
import { environmentOf } from './link.ts'
import type { Common, Order, Ready, Report } from './messages.ts'

export interface SupervisorOptions {
  readonly count: number
  readonly port: number
  readonly log: Log
  readonly duties: Duties
}

/** The first worker has ended before it was ready, and has said why, if it could. */
export class StartFailed extends Error {
  readonly exitCode: number

  constructor(code: number | null, signal: string | null) {
    super(`the first worker was ended by ${signal} before it was ready`)
    this.exitCode = code ?? 0
  }
}

/** In ms. A worker that lived longer is replaced at once. */
const longLife = 10_000
/** In ms, the pauses before a worker is replaced that has just begun, if that happens again and again. */
const shortestPause = 100
const longestPause = 30_000

/** In ms, the pause before a worker is replaced; `last` is the one before it began. */
export function pauseAfter(age: number, last: number): number {
  if (age >= longLife) return 0
  return Math.min(longestPause, Math.max(shortestPause, 2 * last))
}

interface Running {
  readonly worker: Worker
  readonly since: number
  /** In ms, the pause before it began. */
  readonly pause: number
  isReady: boolean
}

export class Supervisor {
  readonly #options: SupervisorOptions
  /** By their numbers, from 1. */
  readonly #running = new Map<number, Running>()
  readonly #first = Promise.withResolvers<Ready>()
  #common: Common | undefined
  #isStarted = false
  #stopping = false

  constructor(options: SupervisorOptions) {
    this.#options = options
  }

  get stopping(): boolean {
    return this.#stopping
  }

  /** Resolves when the first worker serves; the others follow it. Rejects with `StartFailed` if it ends before. */
  async start(): Promise<Ready> {
    this.#begin(1)
    const ready = await this.#first.promise
    this.#isStarted = true
    if (!this.#stopping)
      for (let number = 2; number <= this.#options.count; number++) this.#begin(number)
    return ready
  }

  tell(number: number, order: Order): void {
    const { worker } = this.#running.get(number) ?? {}
    if (worker?.isConnected()) worker.send(order, () => {})
  }

  tellOthers(number: number, order: Order): void {
    for (const other of this.#running.keys()) if (other !== number) this.tell(other, order)
  }

  /** The workers say that they are stopping, and none is replaced any more. */
  announce(): void {
    this.#stopping = true
    this.#tellAll({ stop: 'announce' })
  }

  /** Resolves when all workers have ended. */
  async close(): Promise<void> {
    this.#stopping = true
    const ends = [...this.#running.values()].map(({ worker }) => ended(worker))
    this.#tellAll({ stop: 'close' })
    // One that does not serve yet has nothing to finish, and might not hear it.
    for (const { worker, isReady } of this.#running.values())
      if (!isReady) worker.process.kill('SIGKILL')
    await Promise.all(ends)
  }

  #tellAll(order: Order): void {
    this.tellOthers(0, order)
  }

  #begin(number: number, pause = 0): void {
    const { count, port, duties } = this.#options
    const worker = cluster.fork(environmentOf({ number, count, port, joins: this.#common }))
    this.#running.set(number, { worker, pause, since: performance.now(), isReady: false })
    closeUnconfirmed(worker)
    duties.begin(number)
    worker.on('message', (report: Report) => this.#hear(number, report))
    worker.once('exit', (code, signal) => this.#ended(number, code, signal))
  }

  #hear(number: number, report: Report): void {
    if (!('ready' in report)) return void this.#options.duties.hear(number, report)
    const running = this.#running.get(number)
    if (running !== undefined) running.isReady = true
    const { auth, digest } = report.ready
    this.#common = { auth, digest }
    this.#options.duties.ready(number)
    this.#first.resolve(report.ready)
  }

  #ended(number: number, code: number | null, signal: string | null): void {
    const running = this.#running.get(number)
    this.#running.delete(number)
    this.#options.duties.end(number)
    if (!this.#isStarted) return void this.#first.reject(new StartFailed(code, signal))
    if (this.#stopping || running === undefined) return
    // As after any end of a service, it may begin with other files.
    if (![...this.#running.values()].some(({ isReady }) => isReady))
      this.#common = this.#common && { ...this.#common, digest: undefined }
    const pause = pauseAfter(performance.now() - running.since, running.pause)
    const details = { worker: number, code, signal, pauseSeconds: pause / 1000 }
    this.#options.log.error(details, 'a worker has ended, and another one takes its place')
    setTimeout(() => {
      if (!this.#stopping) this.#begin(number, pause)
    }, pause)
  }
}

function ended(worker: Worker): Promise<void> {
  return new Promise(resolve => {
    worker.once('exit', () => resolve())
  })
}
