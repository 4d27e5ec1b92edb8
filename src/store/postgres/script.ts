// A script inside of a transaction that is ours to end.

import { endsTransaction, plain, type Statement, type StoreError } from '../store.ts'
import { toStoreError } from './errors.ts'

/**
 * The same script within a block of PL/pgSQL: there the server itself refuses whatever would end the transaction, in
 * whatever spelling, before it is done.
 */
export function scriptToStatements(text: string): readonly Statement[] {
  return [
    { text: `select set_config('restwell.script', $1, true)`, values: [text] },
    plain(`do 'begin execute current_setting(''restwell.script''); end'`),
  ]
}

/** The error of such a script. */
export function scriptError(error: unknown): StoreError {
  const { code, routine } = error as { code?: string; routine?: string }
  const isRefused = code === '0A000' && routine === 'exec_stmt_dynexecute'
  return isRefused ? endsTransaction(error) : toStoreError(error)
}
