// A body that is sent part by part. It waits for its reader, and ends with the connection when it fails or takes too long: a
// client must never take what was sent so far for the whole.

import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { logFault, toProblem } from './errors.ts'
import { type Account, longestBody, type Room } from './room.ts'

/** In ms, how long a body in progress goes on while the service stops. */
const farewell = 5_000

interface LongBodyOptions {
  readonly parts: AsyncIterableIterator<Uint8Array>
  readonly request: FastifyRequest
  readonly room: Room
  readonly account: Account | undefined
}

/** The stream of a body. */
export function longBody(options: LongBodyOptions): Readable {
  return Readable.from(new PacedParts(options), { objectMode: false })
}

class PacedParts implements AsyncIterableIterator<Uint8Array> {
  readonly #options: LongBodyOptions
  /** When it is broken off. */
  #end = performance.now() + longestBody

  constructor(options: LongBodyOptions) {
    this.#options = options
  }

  /** The time in which the next part is found is not its reader's. */
  async next(): Promise<IteratorResult<Uint8Array>> {
    const { parts, room, account, request } = this.#options
    const left = account && room.pause(account, performance.now())
    try {
      this.#requireTime()
      const part = await parts.next()
      const bytes = part.done ? 0 : part.value.length
      if (account && left !== undefined) room.goOn(account, { left, bytes }, performance.now())
      return part
    } catch (error) {
      logFault(error, request, toProblem(error))
      throw error
    }
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    await this.#options.parts.return?.()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator]() {
    return this
  }

  #requireTime(): void {
    const now = performance.now()
    if (this.#options.request.server.stopping) this.#end = Math.min(this.#end, now + farewell)
    if (now > this.#end)
      throw new Error('a list that is read to its end took too long, and is broken off')
  }
}
