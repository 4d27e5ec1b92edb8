// Folders for files that need not outlive the machine: where the system keeps some in memory, making and deleting hundreds of them
// takes a third of the time.

import { mkdtempSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const memory = '/dev/shm'
/** In bytes: containers have 64 MiB there unless they are given more. */
const needed = 2 * 1024 ** 3

/** An empty folder. Whoever asked for it removes it. */
export function memoryFolder(prefix: string): string {
  return mkdtempSync(join(hasRoom() ? memory : tmpdir(), prefix))
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(memory)
    return bavail * bsize >= needed
  } catch {
    // Only Linux has it.
    return false
  }
}
