// Load shedding: a process that lags behind refuses requests early and cheaply, so that it serves the others in time.

import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../http/problem.ts'
import type { Room } from './room.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The behaviour of a route under pressure, instead of refusing the request. */
    pressureHandler?: () => void
  }
}

export interface PressureOptions {
  /** The mean lag of the event loop, in milliseconds, above which requests are refused; 0: never. */
  readonly maxEventLoopDelay: number
  /** How often the lag is measured, in milliseconds; 1000 by default. */
  readonly sampleInterval?: number
}

/** In ms, between two equal warnings in the log: refusals come by the thousand. */
export const warningInterval = 10_000

export async function registerPressure(
  app: FastifyInstance,
  options: PressureOptions,
  room: Room,
): Promise<void> {
  const { maxEventLoopDelay, sampleInterval = 1000 } = options
  const warn = throttle(warningInterval, () =>
    app.log.warn(
      `overloaded: requests are refused until the event loop lags less than ${maxEventLoopDelay} ms`,
    ),
  )
  // The start itself is no overload. The first sample contains it, and counts until the second interval is over.
  let start = Number.POSITIVE_INFINITY
  app.addHook('onReady', async () => {
    start = performance.now() + 2 * sampleInterval
  })
  await app.register(underPressure, {
    maxEventLoopDelay,
    sampleInterval,
    pressureHandler: async () => {
      // The lag was that of the last interval. Whoever comes alone finds a process that has nothing else to do any more.
      if (performance.now() < start || room.requests === 1) return
      warn()
      throw new Problem('overloaded', { headers: { 'retry-after': '1' } })
    },
  })
}

/** Calls `act` at most once in `interval` ms. */
export function throttle(interval: number, act: () => void): () => void {
  let next = 0
  return () => {
    if (performance.now() < next) return
    next = performance.now() + interval
    act()
  }
}
