// The port is open before the tables are as they should be: until then the service says that it starts, and what it does.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem } from '../http/problem.ts'
import { getLiveness, getReadiness } from '../http/service.ts'

/** A start in progress. */
export class Start {
  readonly #over = Promise.withResolvers<void>()
  #doing: string | undefined = 'looking at the tables'
  #last: () => Promise<void> = async () => {}

  /** The present step of the start, in words; undefined once the service can answer. */
  get doing(): string | undefined {
    return this.#doing
  }

  /** Fulfilled when it is over. */
  get over(): Promise<void> {
    return this.#over.promise
  }

  tell(doing: string): void {
    this.#doing = doing
  }

  /** The last step, when the tables are as they should be. */
  finishWith(task: () => Promise<void>): void {
    this.#last = task
  }

  async end(): Promise<void> {
    await this.#last()
    this.#doing = undefined
    this.#over.resolve()
  }
}

export function registerStart(app: FastifyInstance, start: Start): void {
  app.addHook('onRequest', (request, _reply, done) => {
    requireStarted(request, start)
    done()
  })
}

/** Only that the process runs is true from the beginning. */
function requireStarted({ routeOptions: { url } }: FastifyRequest, { doing }: Start): void {
  if (doing === undefined || url === getLiveness.path) return
  const detail =
    url === getReadiness.path
      ? `The service is starting: ${doing}.`
      : 'The service is starting. Please try again.'
  throw new Problem('unavailable', { detail, headers: { 'retry-after': '1' } })
}
