// Opens a database with settings that put every commit on disk, and detect damage and mistakes.

import { DatabaseSync } from 'node:sqlite'
import { storeErrors } from './errors.ts'
import { memory } from './file.ts'
import { isBusy } from './lock-wait.ts'
import { numberText } from './number-text.ts'

const strict = { enableForeignKeyConstraints: true, enableDoubleQuotedStringLiterals: false }

const readPragmas = `
  pragma trusted_schema = off;
  pragma cell_size_check = on;
  pragma temp_store = memory;
  pragma cache_size = -4096;
`

const pragmas = `${readPragmas}
  pragma synchronous = full;
  pragma fullfsync = on;
  pragma checkpoint_fullfsync = on;
  pragma journal_size_limit = 67108864;
`

/**
 * Opens the file at `location` in WAL mode, with a revision counter. `timeout`: in ms, how long to wait meanwhile for a lock
 * of another process. Throws a `StoreError`, or an `Error` if this SQLite or this disk cannot be used.
 */
export function openDatabase(location: string, timeout: number): DatabaseSync {
  const db = storeErrors(() => new DatabaseSync(location, { timeout, defensive: true, ...strict }))
  try {
    requireVersion(storeErrors(() => answer(db, 'select sqlite_version()')))
    requireWal(writeAhead(db, performance.now() + timeout), location)
    storeErrors(() => db.exec(pragmas))
    storeErrors(() => makeRevision(db))
    db.function('number_text', { deterministic: true }, numberText)
    defineUpper(db)
    // From here on, a timer waits for locks.
    storeErrors(() => db.exec('pragma busy_timeout = 0'))
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Opens the file of an open database once more, to read only. Throws a `StoreError`. */
export function openReader(location: string): DatabaseSync {
  const options = { readOnly: true, timeout: 5000, defensive: true, ...strict }
  const db = storeErrors(() => new DatabaseSync(location, options))
  storeErrors(() => db.exec(readPragmas))
  defineUpper(db)
  return db
}

function defineUpper(db: DatabaseSync): void {
  db.function('unicode_upper', { deterministic: true }, text =>
    text === null ? null : String(text).toUpperCase(),
  )
}

/** Versions before 3.51.3 can corrupt a database in WAL mode (the WAL-reset bug); 3.53 is the first to alter constraints. */
export function requireVersion(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major * 1e3 + minor >= 3_053) return
  throw new Error(
    `SQLite ${version} is too old; 3.53 or later is needed. Use the latest release of Node.js 24 (24.16 is the first that has it) or of a later one.`,
  )
}

/** Asks for WAL mode. SQLite does not wait while another process makes the same new file, so this function does. */
function writeAhead(db: DatabaseSync, deadline: number): string {
  for (;;) {
    try {
      return storeErrors(() => answer(db, 'pragma journal_mode = wal'))
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    }
  }
}

function requireWal(mode: string, location: string): void {
  if (mode === 'wal' || location === memory) return
  throw new Error(
    `SQLite cannot use write-ahead logging for ${location} (journal_mode is '${mode}'). Use a local disk.`,
  )
}

/** Makes the counter behind `next_revision()`. It looks first, so that only the first opening takes a write lock. */
function makeRevision(db: DatabaseSync): void {
  if (answer(db, "select count(*) from sqlite_schema where name = '_revision'") === '1') return
  db.exec(`
    begin immediate;
    create table if not exists _revision (value integer not null) strict;
    insert into _revision select 0 where not exists (select 1 from _revision);
    commit;
  `)
}

function answer(db: DatabaseSync, text: string): string {
  return String(Object.values(db.prepare(text).get() ?? {})[0])
}
