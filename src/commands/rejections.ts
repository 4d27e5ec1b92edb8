// Handles promises that are rejected while no code waits for them: a fault of the code that started them.

import { sourceAt } from '../handlers/own-code.ts'
import { placeInStack, placeToText } from '../resource/code-fault.ts'
import type { Log } from '../resource/resource.ts'

/**
 * A promise that code of a definition started and did not wait for is logged, and the service goes on. One of the
 * service itself ends the process, as an exception does that nobody catches.
 */
export function surviveRejections(log: Log): void {
  process.on('unhandledRejection', (error: unknown) => {
    const place = error instanceof Error ? placeInStack(error.stack) : undefined
    if (place === undefined) throw error
    const message = `at ${placeToText(place)}: a promise was rejected that no code waits for: ${(error as Error).message}`
    log.error({ err: error, source: sourceAt(place) }, message)
  })
}
