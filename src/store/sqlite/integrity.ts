// Whether a database file is intact. Damage stops the start, and is never served.

import { existsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../store.ts'
import { toStoreError } from './errors.ts'
import { findWalDamage } from './wal.ts'

/** Must be called before SQLite reads the log, because SQLite drops what it cannot read. The Error says what to do. */
export function requireSoundLog(location: string): void {
  const log = `${location}-wal`
  const damage = existsSync(log) ? findWalDamage(log) : undefined
  if (damage === undefined) return
  const { frame, transactions } = damage
  const lost =
    transactions === undefined ? 'acknowledged writes' : `${transactions} acknowledged transactions`
  throw new Error(
    `${log} is damaged at frame ${frame}, and opening it would drop ${lost}: nothing was opened or changed.\n` +
      'Save both files; then restore a backup, or go on without those writes by:\n' +
      `  sqlite3 '${location}' 'pragma wal_checkpoint(truncate)'`,
  )
}

/** Reads the whole file, which takes about 0.5 s for a million rows. The Error says what to do. */
export function requireSound(db: DatabaseSync, location: string): void {
  const findings = integrityFindings(db, 'quick_check')
  if (findings.length > 0) throw damageError(location, findings)
}

/** The damage that SQLite finds. `integrity_check` also compares every index with its table. */
export function integrityFindings(
  db: DatabaseSync,
  check: 'quick_check' | 'integrity_check',
): string[] {
  try {
    const rows = db.prepare(`pragma ${check}(10)`).all()
    return rows.flatMap(row => Object.values(row).map(String)).filter(finding => finding !== 'ok')
  } catch (error) {
    const { code, message } = toStoreError(error)
    if (code === 'damaged') return [message]
    throw toStoreError(error)
  }
}

export function damageError(location: string, findings: readonly string[]): StoreError {
  return new StoreError(
    'damaged',
    `${location} is damaged or not an SQLite database, and is not served:\n${findings.join('\n').replaceAll(/^/gm, '  ')}\n` +
      'Save the file; then restore a backup, or save what can still be read by:\n' +
      `  sqlite3 '${location}' .recover`,
  )
}

/** The error of an opening, with what to do about it. */
export function openingError(location: string, error: StoreError): StoreError {
  const { code, message, cause } = error
  if (code === 'damaged') return cause === undefined ? error : damageError(location, [message])
  if (code !== 'unavailable') return error
  const advice = 'It and its folder must be writable, on a disk that is sound and not read only.'
  return new StoreError(code, `${location} cannot be opened: ${message}. ${advice}`, { cause })
}
