// Whether the open file is still the one at its path. Writes to a file that was removed or replaced would be lost.

import { statSync } from 'node:fs'
import { StoreError, type StoreLog } from '../store.ts'

const gone = (path: string) => `${path} was removed or replaced while it was served`
const advice =
  'writes are refused, for they would be lost: stop the service, put back the file or restore a backup, and start again'

export class FilePresence {
  readonly #location: string
  readonly #log: StoreLog
  /** By path: the file and its log as they were opened. */
  readonly #opened: ReadonlyMap<string, string>
  #isGone = false

  constructor(location: string, log: StoreLog) {
    this.#location = location
    this.#log = log
    const paths = [location, `${location}-wal`]
    this.#opened = new Map(paths.flatMap(path => identify(path).map(identity => [path, identity])))
  }

  /** Throws `unavailable` while there is another file at the path, or none. */
  require(): void {
    const missing = [...this.#opened].find(
      ([path, identity]) => identify(path)[0] !== identity,
    )?.[0]
    this.#tell(missing)
    if (missing !== undefined)
      throw new StoreError('unavailable', gone(missing), { reported: true })
  }

  #tell(missing: string | undefined): void {
    const location = this.#location
    const isGone = missing !== undefined
    if (isGone && !this.#isGone) this.#log.error({ location }, `${gone(missing)}; ${advice}`)
    if (!isGone && this.#isGone) this.#log.info({ location }, 'the database file is back')
    this.#isGone = isGone
  }
}

/** The device and number of the file at a path; undefined if there is none. */
function identify(path: string): string[] {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats === undefined ? [] : [`${stats.dev}:${stats.ino}`]
}
