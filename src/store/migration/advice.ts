// Advice on rows that prevent a change: for a file and `migrate`, or for the way back.

import type { Dialect } from '../store.ts'

export interface Advice {
  /** Where rows that break a rule are changed. */
  readonly where: string
  /** About rows that would have no value in a new field. */
  readonly missing: string
  /** The command that makes the change, with an option; for rows that nobody may see. */
  command(options: string): string
}

/** `earlier`: the definition that is gone back to. */
export function adviceFor(dialect: Dialect, earlier?: { readonly position: number }): Advice {
  return earlier === undefined ? usualAdvice(dialect) : adviceOnWayBack(earlier)
}

function usualAdvice(dialect: Dialect): Advice {
  const missing = `make it optional, give it a default, or add and fill it in ${writtenFileName(dialect)}`
  return {
    where: `in ${fileName(dialect)}, or by the earlier version`,
    missing,
    command: options => `migrate ${options}`,
  }
}

/** On the way to an earlier definition, rows were written by one that does not know what it asks for. */
function adviceOnWayBack({ position }: { readonly position: number }): Advice {
  return {
    where: 'by the version that serves now; where they have no value, --fill says it',
    missing: 'say the value that they get, by --fill',
    command: options => `migrate --to ${position} ${options}`,
  }
}

/** Where people write what a definition cannot say. */
export function fileName({ name }: Dialect): string {
  return `migrations/${name}/<number>-<name>.sql`
}

/** The same where a command writes the file. */
export function writtenFileName(dialect: Dialect): string {
  return `${fileName(dialect)} ('migrate new NAME' writes one)`
}
