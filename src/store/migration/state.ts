// Where a database stands, by a look that changes nothing and looks at no row.

import type { Dialect, Work } from '../store.ts'
import { adviceFor } from './advice.ts'
import { readCatalog } from './catalog.ts'
import { compareTables, type Differences } from './difference.ts'
import { pendingFiles, readFileLedger } from './files.ts'
import { isCurrent, isEarlier, readWholeLedger, remembered } from './history.ts'
import type { LedgerEntry } from './ledger.ts'
import { MigrationError, type Wanted } from './migration.ts'

export interface State {
  /** The definition that the tables were last brought to. */
  readonly current: LedgerEntry
  /** Whether a migration was killed, and goes on with the next. */
  readonly isUnfinished: boolean
  /** How this definition stands to the tables: theirs, an earlier one, or another one. */
  readonly definition: 'current' | 'earlier' | 'other'
  /** Why an instance of this definition is refused, though it was there before. */
  readonly refused: string | undefined
  /** The names of the files that are to be run. */
  readonly pending: readonly string[]
  readonly mistakes: readonly string[]
  readonly differences: Differences
}

/** Nothing where there are no tables yet. */
export function* readState(dialect: Dialect, wanted: Wanted): Work<State | undefined> {
  const actual = yield* readCatalog(dialect)
  if (!actual.get('_definitions')?.columns.has('finished')) return undefined
  const ledger = yield* readWholeLedger()
  const current = ledger.unfinished ?? ledger.entries.at(-1)
  if (current === undefined) return undefined
  const { tables, now } = wanted
  const { pending, mistakes } = pendingFiles(wanted.files, yield* readFileLedger())
  const known = remembered(dialect, ledger, tables, actual)
  return {
    current,
    isUnfinished: ledger.unfinished !== undefined,
    ...standing(() => isEarlier(ledger, tables, actual), isCurrent(ledger, tables)),
    pending: pending.map(({ name }) => name),
    mistakes,
    differences: compareTables({
      dialect,
      tables,
      actual,
      ...known,
      drop: [],
      now,
      advice: adviceFor(dialect),
      fills: new Map(),
    }),
  }
}

function standing(
  isEarlier: () => boolean,
  isCurrent: boolean,
): Pick<State, 'definition' | 'refused'> {
  if (isCurrent) return { definition: 'current', refused: undefined }
  try {
    return { definition: isEarlier() ? 'earlier' : 'other', refused: undefined }
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error
    return { definition: 'earlier', refused: error.message }
  }
}
