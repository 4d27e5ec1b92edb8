// Counts requests together with the other processes of a service: one of them counts, and the others ask it, once a turn
// of the event loop.

import type { QuotaPolicy } from '../http/rate-limit-fields.ts'
import type { Consumption, LimitStore } from './limit-store.ts'

interface Count {
  readonly caller: string
  /** The number of its policies, in the order in which they were told. */
  readonly policies: number
  /** As how many requests it counts; 1 by default. */
  readonly cost?: number
  /** The consumption to take back, if it is not one to grant. */
  readonly back?: Consumption
}

/** The requests to count, in order. Each gets an answer, with one consumption for each count that takes nothing back. */
export interface CountQuestion {
  /** Policies that were not told before. */
  readonly learn: readonly (readonly QuotaPolicy[])[]
  readonly counts: readonly Count[]
}

type Granted = (consumption: Consumption) => void

export class SharedLimitStore implements LimitStore {
  readonly #ask: (question: CountQuestion) => void
  readonly #numbers = new Map<readonly QuotaPolicy[], number>()
  #learn: (readonly QuotaPolicy[])[] = []
  #counts: Count[] = []
  /** Those who wait for the answer to the next question. */
  #next: Granted[] = []
  /** Those who wait for the answers to the questions that were asked. */
  readonly #asked: Granted[][] = []

  constructor(ask: (question: CountQuestion) => void) {
    this.#ask = ask
  }

  consume(caller: string, policies: readonly QuotaPolicy[], cost?: number): Promise<Consumption> {
    this.#count({ caller, policies: this.#numberOf(policies), ...(cost && { cost }) })
    return new Promise(resolve => {
      this.#next.push(resolve)
    })
  }

  refund(caller: string, policies: readonly QuotaPolicy[], back: Consumption): void {
    this.#count({ caller, policies: this.#numberOf(policies), back })
  }

  /** The answer to the question that was asked first. */
  hear(consumptions: readonly Consumption[]): void {
    const waiting = this.#asked.shift() ?? []
    consumptions.forEach((consumption, index) => {
      waiting[index]?.(consumption)
    })
  }

  async close(): Promise<void> {}

  #count(count: Count): void {
    if (this.#counts.length === 0) setImmediate(() => this.#send())
    this.#counts.push(count)
  }

  #send(): void {
    const question = { learn: this.#learn, counts: this.#counts }
    this.#asked.push(this.#next)
    this.#learn = []
    this.#counts = []
    this.#next = []
    this.#ask(question)
  }

  /** There are as many policies as plans, so all of them are kept. */
  #numberOf(policies: readonly QuotaPolicy[]): number {
    const known = this.#numbers.get(policies)
    if (known !== undefined) return known
    this.#numbers.set(policies, this.#numbers.size)
    this.#learn.push(policies)
    return this.#numbers.size - 1
  }
}

/** Answers the questions of one process. */
export class LimitCounter {
  readonly #store: CountingStore
  readonly #policies: (readonly QuotaPolicy[])[] = []

  constructor(store: CountingStore) {
    this.#store = store
  }

  answer({ learn, counts }: CountQuestion): readonly Consumption[] {
    this.#policies.push(...learn)
    return counts.flatMap(({ caller, policies: number, cost, back }) => {
      const policies = this.#policies[number] ?? []
      if (back === undefined) return [this.#store.consume(caller, policies, cost)]
      this.#store.refund(caller, policies, back)
      return []
    })
  }
}

/** A store that counts at once. */
interface CountingStore extends LimitStore {
  consume(caller: string, policies: readonly QuotaPolicy[], cost?: number): Consumption
}
