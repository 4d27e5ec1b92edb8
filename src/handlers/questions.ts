// Runs code of a definition that may ask `db`: its questions are part of the work in which it runs.

import type { Asked } from '../resource/db.ts'
import { isGenerator, isPromise } from '../resource/hooks.ts'
import type { Row } from '../resource/row.ts'
import type { Work } from '../store/store.ts'
import { ownFault } from './own-code.ts'

/** The code, as a fault of it is reported: `the hook beforeWrite` in `schemas/orders.ts`. */
export interface OwnCode<T> {
  readonly where: string
  readonly file: string
  readonly code: (given: T) => unknown
}

/** The questions of one run of the code. */
export class Questions {
  /** Calls of `db` without `yield*`, which would silently do nothing. */
  readonly #waiting = new Set<string>()
  #isAsking = false
  /** The error of an answer, and the stack of the code that asked, which an error of the database does not have. */
  #failure: { readonly error: unknown; readonly asked: string | undefined } | undefined

  ask<T>(question: string, work: () => Work<T>): Asked<T> {
    this.#waiting.add(question)
    return { [Symbol.iterator]: () => this.#run(question, work) }
  }

  /** Runs the code, which gets `given`; gives what it returns. Throws what it throws, or what an answer threw even if the code caught it. */
  *answer<T>({ where, file, code }: OwnCode<T>, given: T): Work<unknown> {
    try {
      const returned = code(given)
      if (!isGenerator(code) && isIterator(returned)) throw new Error(disguisedMessage)
      const value = isIterator(returned) ? yield* this.#follow(returned) : returned
      if (isPromise(value) || isAsyncGenerator(value)) throw new Error(waitsMessage)
      this.#requireAsked()
      if (this.#failure !== undefined) throw this.#failure.error
      return value
    } catch (error) {
      throw ownFault(where, file, this.#failure?.error ?? error, this.#failure?.asked)
    }
  }

  *#run<T>(question: string, work: () => Work<T>): Work<T> {
    this.#waiting.delete(question)
    this.#isAsking = true
    try {
      return yield* work()
    } catch (error) {
      this.#failure ??= { error, asked: new Error('asked').stack }
      throw error
    } finally {
      this.#isAsking = false
    }
  }

  *#follow(generator: Work<unknown>): Work<unknown> {
    let step = generator.next([])
    while (step.done !== true) {
      if (!this.#isAsking) throw new Error(yieldMessage)
      let rows: readonly Row[]
      try {
        rows = yield step.value
      } catch (error) {
        step = generator.throw(error)
        continue
      }
      step = generator.next(rows)
    }
    return step.value
  }

  #requireAsked(): void {
    const [question] = this.#waiting
    if (question !== undefined)
      throw new Error(`it called ${question} without yield*, so that nothing was asked`)
  }
}

const waitsMessage =
  'it returned a promise, but it runs inside the transaction and cannot wait: nothing was stored'
const disguisedMessage =
  'it returned a generator and is none itself: write it with a star, as in *beforeWrite, and `return yield* …`'
const yieldMessage = 'it used yield, where only yield* with what db gives has a meaning'

function isIterator(value: unknown): value is Work<unknown> {
  return typeof value === 'object' && value !== null && 'next' in value && Symbol.iterator in value
}

function isAsyncGenerator(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
