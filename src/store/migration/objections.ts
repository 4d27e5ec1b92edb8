// Objections to changes: the reasons why they cannot be made, what they would lose, and what must wait.

import type { Work } from '../store.ts'
import type { Advice } from './advice.ts'
import { type FindMistake, findBreaches } from './broken-rules.ts'
import type { Change, Finding } from './change.ts'
import type { Extent } from './migration.ts'
import { breachesToReason } from './rows.ts'

export interface Look {
  readonly findMistake: FindMistake
  readonly advice: Advice
  /** How far the migration goes. */
  readonly extent: Extent
}

/** Why the changes are not made: rows that are there do not let them be, or they must wait. */
export function* objections(changes: readonly Change[], look: Look): Work<readonly string[]> {
  const reasons: string[] = []
  for (const change of changes) {
    const told = yield* obstacles(change, look)
    reasons.push(...(look.extent === 'full' ? told : deferred(change, told)))
  }
  return reasons
}

function* obstacles(
  { obstacle, search }: Change,
  { findMistake, advice }: Look,
): Work<readonly string[]> {
  const reasons = obstacle === undefined ? [] : yield* toldOf(obstacle)
  const breaches = search && (yield* findBreaches(search, findMistake))
  if (search === undefined || breaches === undefined || breaches.keys.length === 0) return reasons
  return [...reasons, breachesToReason(search, breaches, advice)]
}

/** The losses by the changes. */
export function* lossesOf(changes: readonly Change[]): Work<readonly string[]> {
  return yield* toldOfEach(changes.flatMap(({ loss }) => (loss === undefined ? [] : [loss])))
}

/** The objections that rows raise. */
export function* toldOfEach(findings: readonly Finding[]): Work<readonly string[]> {
  const told: string[] = []
  for (const finding of findings) told.push(...(yield* toldOf(finding)))
  return told
}

function* toldOf({ query, reason }: Finding): Work<readonly string[]> {
  const rows = yield query
  return rows.length === 0 ? [] : [reason(rows)]
}

/** Why a change must wait until no instance of the earlier version runs any more; said once, with what is in its way. */
function deferred({ stricter }: Change, told: readonly string[]): readonly string[] {
  if (stricter === undefined) return told
  const command = "when no instance of the earlier version runs any more, run the command 'migrate'"
  return told.length === 0
    ? [`${stricter}: ${command}`]
    : told.map(reason => `${reason}; then, ${command}`)
}
