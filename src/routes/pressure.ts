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
  const warn = seldom(quiet, (delay: number | undefined) =>
    app.log.warn({ eventLoopDelay: delay }, 'overloaded: requests are refused until the event loop keeps up again'),
  )
  await app.register(underPressure, {
    ...options,
    pressureHandler: async (_request, _reply, _type, delay) => {
      warn(delay)
      throw new Problem('overloaded', { headers: { 'retry-after': '1' } })
    },
  })
}

function seldom<T>(interval: number, act: (value: T) => void): (value: T) => void {
  let next = 0
  return value => {
    if (performance.now() < next) return
    next = performance.now() + interval
    act(value)
  }
}
