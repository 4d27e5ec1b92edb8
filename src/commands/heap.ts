// The heap of a process that serves: as small as it can be at little cost.

import { setFlagsFromString } from 'node:v8'

/**
 * In MiB, and in per cent of what is in use. V8 would let the heap grow to several times of that because the machine has
 * room; it is half the memory of a busy process so, for 8 % of the processor time of a create and nothing of a read. Much
 * less than 60 and it may collect all the time: what is in use at one collection is promoted, and fills it up to the next.
 */
const flags = ['--max-semi-space-size=4', '--semi-space-growth-factor=1', '--heap-growing-percent=60']

/**
 * For the embedded database, whose answers are there at once: what waits for a server outlives a small young generation,
 * and collecting it made lists over PostgreSQL a fifth slower. To be called when the program is loaded, else it delays that.
 */
export function keepHeapSmall(): void {
  for (const flag of flags) setFlagsFromString(flag)
}
