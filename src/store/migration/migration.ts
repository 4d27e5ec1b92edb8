// The types of a migration, which leads from the present tables to the wanted ones.

import type { Table } from '../table.ts'
import type { FindMistake } from './broken-rules.ts'
import type { Watch } from './watch.ts'

export interface MigrationFile {
  /** `0001-rename-title.sql` */
  readonly name: string
  readonly text: string
  /** The statements that take it back, where it has them. */
  readonly undo?: string
}

/** The service that migrates, and the time. */
export interface Occasion {
  /** The version of the service. */
  readonly version: string
  /** In UTC, as ISO 8601 has it. */
  readonly now: string
}

export interface Wanted extends Occasion {
  readonly tables: readonly Table[]
  /** The numbered files of this kind of database, in order. */
  readonly files: readonly MigrationFile[]
  /** Looks at values where rules get stricter that no check holds. */
  readonly findMistake: FindMistake
  /** Things to drop that no definition has any more: `things.note`, or the table `notes`. */
  readonly drop?: Drop
  /** Where the tables are those of an earlier definition. */
  readonly earlier?: Earlier
  /** Hears of it while it is under way; nobody by default. */
  readonly watch?: Watch
  /** How long, in ms, a lock of others is waited for; 15 minutes by default. */
  readonly patience?: number
}

/** A definition that the database remembers. */
export interface Earlier {
  /** In the ledger. */
  readonly position: number
  /** The numbered files that had been run for it, where that is remembered. */
  readonly files: readonly string[] | undefined
  /** The values for rows that have none, as SQL, by field: `things.note`. */
  readonly fills: ReadonlyMap<string, string>
}

export interface Drop {
  readonly names: readonly string[]
  /** Whether rows may lose something by it. */
  readonly confirmed: boolean
}

/**
 * `additive`: what instances of the previous definition and of this one can both live with, which any start may do.
 * `full`: whatever brings the tables to this definition, as far as the rows keep it, and the numbered files.
 */
export type Extent = 'additive' | 'full'

export interface Migration {
  /** The statements as SQL; a file as a whole. */
  readonly statements: readonly string[]
  /** Whether there are no tables yet: a new database. */
  readonly fresh: boolean
  /** Whether a later definition has changed the tables, in ways that this one can live with; nothing is run then. */
  readonly outdated: boolean
  /** Things that no definition has any more, and that stay: `things.note`, or the table `notes`. */
  readonly left: readonly string[]
  /** The loss by each drop. */
  readonly losses: readonly string[]
  /** Further remarks for people on a way to an earlier definition. */
  readonly notes: readonly string[]
}

/** Differences that this migration does not settle; the message lists each with what to do. */
export class MigrationError extends Error {
  constructor(reasons: readonly string[], cause?: Error) {
    super(
      `The database does not fit the definitions:\n${reasons.map(reason => `  ${reason}`).join('\n')}`,
      { cause },
    )
  }
}
