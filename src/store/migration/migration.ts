// What a migration is given and gives: from the tables there are to the wanted ones.

import type { Table } from '../table.ts'
import type { FindMistake } from './broken-rules.ts'
import type { Watch } from './watch.ts'

export interface MigrationFile {
  /** `0001-rename-title.sql` */
  readonly name: string
  readonly text: string
}

export interface Wanted {
  readonly tables: readonly Table[]
  /** The numbered files of this kind of database, in order. */
  readonly files: readonly MigrationFile[]
  /** Looks at values where rules get stricter that no check holds. */
  readonly findMistake: FindMistake
  /** What is told of it while it is under way; nobody by default. */
  readonly watch?: Watch
}

/**
 * `additive`: what an instance of the previous version can live with, which any start may do. `full`: also stricter
 * limits, as far as the rows keep them, and the numbered files.
 */
export type Extent = 'additive' | 'full'

export interface Migration {
  /** What is run, as SQL; a file as a whole. */
  readonly statements: readonly string[]
  /** Whether there are no tables yet: a new database. */
  readonly fresh: boolean
  /** Whether a later version has changed the tables, in ways that this one can live with; nothing is run then. */
  readonly outdated: boolean
}

/** Differences that this migration does not settle; the message lists each with what to do. */
export class MigrationError extends Error {
  constructor(reasons: readonly string[]) {
    super(`The database does not fit the definitions:\n${reasons.map(reason => `  ${reason}`).join('\n')}`)
  }
}
