// UUIDs of version 7 (RFC 9562 §5.7): the time, a counter and random bits.

import { randomBytes } from 'node:crypto'

/** 12 bits of `rand_a`, where the counter is (§6.2, method 1). */
const counters = 2 ** 12

/**
 * Makes UUIDs that are each greater than the one before, so that the order of keys is that of creation, whatever the
 * clock does. Those of other processes are among them.
 */
export function uuids(): (now: Date) => string {
  let time = 0
  let counter = 0
  return now => {
    counter += 1
    if (now.getTime() > time) [time, counter] = [now.getTime(), firstCounter()]
    else if (counter === counters) [time, counter] = [time + 1, firstCounter()]
    return toUuid(time, counter)
  }
}

/** In the lower half, so that there is room to count. */
function firstCounter(): number {
  return randomBytes(2).readUInt16BE() % (counters / 2)
}

function toUuid(time: number, counter: number): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(time, 0, 6)
  bytes.writeUInt16BE(0x7000 | counter, 6)
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8)
  return bytes.toString('hex').replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
}
