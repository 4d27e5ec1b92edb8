// The size of a database in a file, and the free space on its disk.

import { statfsSync, statSync } from 'node:fs'

/** In bytes. */
export interface DiskUse {
  readonly database: number
  /** The write-ahead log, which a checkpoint empties. */
  readonly log: number
  readonly free: number
}

/** Undefined while the file is gone. */
export function diskUseOf(location: string): DiskUse | undefined {
  try {
    const { bavail, bsize } = statfsSync(location)
    const log = statSync(`${location}-wal`, { throwIfNoEntry: false })?.size ?? 0
    return { database: statSync(location).size, log, free: bavail * bsize }
  } catch {
    return undefined
  }
}
