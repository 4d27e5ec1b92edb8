// Runs a script inside a transaction that the script must not end.

import { endsTransaction } from '../faults.ts'
import { plain, type Statement, type StoreError } from '../store.ts'
import { toStoreError } from './errors.ts'

/**
 * Wraps the script in a block of PL/pgSQL, where the server itself refuses any statement that would end the transaction,
 * whatever its spelling, before it runs.
 */
export function scriptToStatements(text: string): readonly Statement[] {
  return [
    { text: `select set_config('restwell.script', $1, true)`, values: [text] },
    plain(`do 'begin execute current_setting(''restwell.script''); end'`),
  ]
}

/** The store error for an error of such a script. */
export function scriptError(error: unknown): StoreError {
  const { code, routine } = error as { code?: string; routine?: string }
  const isRefused = code === '0A000' && routine === 'exec_stmt_dynexecute'
  return isRefused ? endsTransaction(error) : toStoreError(error)
}
