// Load shedding: a process that lags behind refuses early and cheaply, so that what it accepts is answered in time.

import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../http/problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a route does under pressure instead of refusing. */
    pressureHandler?: () => void
  }
}

export interface PressureOptions {
  /** The mean lag of the event loop, in milliseconds, above which requests are refused. */
  readonly maxEventLoopDelay: number
  /** How often the lag is looked at, in milliseconds; 1000 by default. */
  readonly sampleInterval?: number
}

/** In milliseconds; refusals come by the thousand, lines of the log must not. */
const quiet = 10_000

export async function registerPressure(app: FastifyInstance, options: PressureOptions): Promise<void> {
  const { maxEventLoopDelay, sampleInterval = 1000 } = options
  const warn = seldom(quiet, () =>
    app.log.warn(`overloaded: requests are refused until the event loop lags less than ${maxEventLoopDelay} ms`),
  )
  // What the start took is no overload: it is in the first sample, which counts for a second interval.
  let start = Number.POSITIVE_INFINITY
  app.addHook('onReady', async () => {
    start = performance.now() + 2 * sampleInterval
  })
  await app.register(underPressure, {
    maxEventLoopDelay,
    sampleInterval,
    pressureHandler: async () => {
      if (performance.now() < start) return
      warn()
      throw new Problem('overloaded', { headers: { 'retry-after': '1' } })
    },
  })
}

/** Does it, but not again within so many milliseconds. */
export function seldom(interval: number, act: () => void): () => void {
  let next = 0
  return () => {
    if (performance.now() < next) return
    next = performance.now() + interval
    act()
  }
}
