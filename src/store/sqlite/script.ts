// Runs a script inside a transaction that the script must not end.

import { constants, type DatabaseSync } from 'node:sqlite'
import type { Row } from '../../resource/row.ts'
import { endsTransaction } from '../faults.ts'

const { SQLITE_DENY, SQLITE_OK, SQLITE_TRANSACTION } = constants

/** Runs the statements of a script. SQLite refuses the first one that would begin or end a transaction. */
export function runScript(db: DatabaseSync, text: string): readonly Row[] {
  let refused = false
  db.setAuthorizer(action => {
    if (action !== SQLITE_TRANSACTION) return SQLITE_OK
    refused = true
    return SQLITE_DENY
  })
  try {
    db.exec(text)
    return []
  } catch (error) {
    throw refused ? endsTransaction(error) : error
  } finally {
    db.setAuthorizer(null)
  }
}
