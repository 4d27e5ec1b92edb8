// The write-ahead log as a file (sqlite.org/fileformat2.html §4). Recovery stops at the first frame whose checksum is
// wrong and silently drops the rest. That is right for the end that a crash left, and a loss if the file is damaged.

import { closeSync, openSync, readSync } from 'node:fs'

export interface WalDamage {
  /** The number of the first wrong frame, from 1; 0 for the header. */
  readonly frame: number
  /** The number of transactions after it, which can no longer be read; undefined if the header is damaged. */
  readonly transactions: number | undefined
}

const headerLength = 32
const frameHeaderLength = 24
/** A flag in the header: the checksums are computed over big-endian words. */
const bigEndian = 0x377f0683
const littleEndian = 0x377f0682

/**
 * Finds damage in the log. After a crash, some frames of the last transaction may be missing. Because
 * each transaction is flushed before the next one begins, several commits after a wrong frame do not come from a crash.
 */
export function findWalDamage(file: string): WalDamage | undefined {
  const descriptor = openSync(file, 'r')
  try {
    const header = Buffer.alloc(headerLength)
    if (readSync(descriptor, header, 0, headerLength, 0) < headerLength) return undefined
    if (header.every(byte => byte === 0)) return undefined
    const log = readHeader(header)
    return log === undefined ? { frame: 0, transactions: undefined } : scan(descriptor, log)
  } finally {
    closeSync(descriptor)
  }
}

interface LogFile {
  readonly pageSize: number
  /** Every frame has it that was written since the log was last restarted. */
  readonly salt: Buffer
  readonly checksum: Checksum
}

function readHeader(header: Buffer): LogFile | undefined {
  const magic = header.readUInt32BE(0)
  if (magic !== bigEndian && magic !== littleEndian) return undefined
  const checksum = new Checksum(magic === bigEndian)
  checksum.add(header, 0, 24)
  if (!checksum.equals(header, 24)) return undefined
  return { pageSize: header.readUInt32BE(8), salt: header.subarray(16, 24), checksum }
}

function scan(descriptor: number, { pageSize, salt, checksum }: LogFile): WalDamage | undefined {
  const frame = Buffer.alloc(frameHeaderLength + pageSize)
  let damaged: number | undefined
  let commits = 0
  let last = 0
  for (
    let number = 1, at = headerLength;
    readSync(descriptor, frame, 0, frame.length, at) === frame.length;
    number++
  ) {
    at += frame.length
    const ofThisLog = salt.equals(frame.subarray(8, 16))
    if (damaged === undefined) {
      checksum.add(frame, 0, 8)
      checksum.add(frame, frameHeaderLength, frame.length)
      if (!ofThisLog || !checksum.equals(frame, 16)) damaged = number
    }
    // A commit may fill its sector by repeating its last frame.
    const page = frame.readUInt32BE(0)
    const commit = ofThisLog && frame.readUInt32BE(4) > 0
    if (damaged !== undefined && commit && page !== last) commits++
    last = commit ? page : 0
  }
  return damaged !== undefined && commits > 1
    ? { frame: damaged, transactions: commits }
    : undefined
}

/** The checksum of §4.2, which continues from frame to frame. */
class Checksum {
  readonly #bigEndian: boolean
  #first = 0
  #second = 0

  constructor(bigEndian: boolean) {
    this.#bigEndian = bigEndian
  }

  add(bytes: Buffer, from: number, to: number): void {
    for (let at = from; at < to; at += 8) {
      this.#first = (this.#first + this.#word(bytes, at) + this.#second) | 0
      this.#second = (this.#second + this.#word(bytes, at + 4) + this.#first) | 0
    }
  }

  /** Whether it equals the stored one. */
  equals(bytes: Buffer, at: number): boolean {
    return bytes.readInt32BE(at) === this.#first && bytes.readInt32BE(at + 4) === this.#second
  }

  #word(bytes: Buffer, at: number): number {
    return this.#bigEndian ? bytes.readInt32BE(at) : bytes.readInt32LE(at)
  }
}
