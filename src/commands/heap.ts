// Keeps the heap of a serving process small, as far as that costs little. `npm start` sets the size of its young generation.

import { setFlagsFromString } from 'node:v8'

/**
 * In per cent of the memory in use. V8 would let the old generation grow to several times of that if the machine has room.
 * This halves the memory of a busy process, for 8 % of the processor time of a create and nothing for a read.
 */
const growth = 60

/**
 * Only for SQLite, which returns at once. Over PostgreSQL, objects that wait for the server are promoted, and collecting them
 * often made lists slower. To be called when the program is loaded, because it would delay the loading.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${growth}`)
}
