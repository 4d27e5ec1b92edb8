// The errors that both databases have in the same words.

import { StoreError } from './store.ts'

/** The message to the caller for a rule that has a name and no words of its own. */
export function ruleOfDatabase(name: string): string {
  return `A rule of the database does not allow it: ${name}.`
}

/** The fault of a query that may only read, and would write. */
export function writeInQuery(cause: unknown): StoreError {
  return new StoreError(
    'fault',
    `a query may only read, and this one would write (${(cause as Error).message})`,
  )
}

/** The fault of a script that would end the transaction in which it runs. */
export function endsTransaction(cause: unknown): StoreError {
  const advice =
    'begin, commit and rollback are left to the migration, which runs in one transaction'
  return new StoreError('fault', `${(cause as Error).message}: ${advice}`, { cause })
}
