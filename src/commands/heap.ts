// The heap of a process that serves: as small as it can be at little cost. Its young generation is fixed by `npm start`.

import { setFlagsFromString } from 'node:v8'

/**
 * In per cent of what is in use. V8 would let the old generation grow to several times of that because the machine has
 * room; it is half the memory of a busy process so, for 8 % of the processor time of a create and nothing of a read.
 */
const growth = 60

/**
 * For the embedded database, whose answers are there at once: what waits for a server is promoted, and collecting it often
 * made lists over PostgreSQL slower. To be called when the program is loaded, else it delays that.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${growth}`)
}
