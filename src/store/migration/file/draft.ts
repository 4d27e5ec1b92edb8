// A numbered file as it may be written, for each kind of database: on the one there is it is tried, and taken back.

import type { Dialect, Store, Work } from '../../store.ts'
import type { Table } from '../../table.ts'
import { adviceFor } from '../advice.ts'
import { type Catalog, readCatalog } from '../catalog.ts'
import { keyScript } from '../compare-key.ts'
import { toTables } from '../definition.ts'
import { compareTables, type Differences } from '../difference.ts'
import { runFile } from '../files.ts'
import { MigrationError } from '../migration.ts'
import type { Comparison } from '../pair.ts'
import { definitionCatalog } from './definition-catalog.ts'
import { afterMoves, type Moves } from './moves.ts'
import { movesBack } from './moves-back.ts'
import { dropAdditions, movesToSections, type Section, sectionsToText } from './script.ts'

export interface Goal {
  /** Of the file, without its folder. */
  readonly name: string
  readonly moves: Moves
  /** Makes the wanted tables of a kind of database. */
  readonly tablesOf: (dialect: Dialect) => readonly Table[]
  /** In UTC, as ISO 8601 has it. */
  readonly now: string
}

export interface Tried {
  /** The file; nothing where nothing is needed. */
  readonly text: string
  /** The changes that a start and `migrate` make after it. */
  readonly rest: Differences
  /** Why the database does not take the file. */
  readonly refusal: string | undefined
}

/** The file for a kind of database that is not at hand. */
export function draft(dialect: Dialect, goal: Goal): string {
  return sectionsToText(draftSections(dialect, goal))
}

function draftSections(dialect: Dialect, goal: Goal): readonly Section[] {
  const sections = movesToSections(dialect, goal.moves)
  const comparison = compared(dialect, goal, definitionCatalog(dialect, goal.moves))
  return [...sections, ...comparison.tables.flatMap(table => keySections(comparison, table))]
}

/** The statements that take the file back. Throws `ValuesLost`. */
export function draftUndo(dialect: Dialect, goal: Goal): string {
  const { moves, tablesOf } = goal
  const before = { ...goal, tablesOf: (other: Dialect) => toTables(other, moves.before) }
  const back = movesBack(moves, { wanted: tablesOf(dialect), former: before.tablesOf(dialect) })
  return sectionsToText([
    ...dropAdditions(moves),
    ...draftSections(dialect, { ...before, moves: back }),
  ])
}

/** The file for this database. */
export async function tryDraft(store: Store, goal: Goal): Promise<Tried> {
  let tried: Tried | undefined
  const takenBack = new Error('What is tried is taken back.')
  await store
    .transact(function* (): Work<never> {
      tried = yield* attempt(store.dialect, goal)
      throw takenBack
    })
    .catch((error: unknown) => {
      if (error !== takenBack) throw error
    })
  return tried as unknown as Tried
}

function* attempt(dialect: Dialect, goal: Goal): Work<Tried> {
  for (const statement of dialect.beforeMigration) yield statement
  const sections = [...movesToSections(dialect, goal.moves)]
  try {
    yield* run(dialect, goal.name, sections)
    for (const table of goal.tablesOf(dialect)) {
      const found = keySections(compared(dialect, goal, yield* readCatalog(dialect)), table)
      yield* run(dialect, goal.name, found)
      sections.push(...found)
    }
    const rest = compareTables(compared(dialect, goal, yield* readCatalog(dialect)))
    return { text: sectionsToText(sections), rest, refusal: undefined }
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error
    return {
      text: sectionsToText(sections),
      rest: { changes: [], undecided: [], left: [] },
      refusal: error.message,
    }
  }
}

function* run(dialect: Dialect, name: string, sections: readonly Section[]): Work<void> {
  if (sections.length > 0) yield* runFile(dialect, { name, text: sectionsToText(sections) })
}

function compared(dialect: Dialect, { moves, tablesOf, now }: Goal, actual: Catalog): Comparison {
  const before = new Map(toTables(dialect, afterMoves(moves)).map(table => [table.name, table]))
  const advice = adviceFor(dialect)
  return {
    dialect,
    tables: tablesOf(dialect),
    actual,
    before,
    begun: new Map(),
    drop: [],
    now,
    advice,
    fills: new Map(),
  }
}

function keySections(comparison: Comparison, table: Table): readonly Section[] {
  const found = comparison.actual.get(table.name)
  const statements = found === undefined ? [] : keyScript({ ...comparison, table, found })
  if (statements.length === 0) return []
  const comment = `${table.name} have the key ${table.model.key.name}, and what refers to them follows.`
  return [{ comment, statements }]
}
