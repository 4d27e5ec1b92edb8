// What stands against changes: what keeps them from being made, what they would lose, and what must wait.

import type { Work } from '../store.ts'
import type { Advice } from './advice.ts'
import { type FindMistake, findBreaches } from './broken-rules.ts'
import type { Change, Finding } from './change.ts'
import { breachesToReason } from './rows.ts'

/** Why rows that are there do not let the changes be made. */
export function* obstacles(
  changes: readonly Change[],
  { findMistake, advice }: { readonly findMistake: FindMistake; readonly advice: Advice },
): Work<readonly string[]> {
  const reasons: string[] = []
  for (const { obstacle, search } of changes) {
    if (obstacle !== undefined) reasons.push(...(yield* toldOf(obstacle)))
    const breaches = search && (yield* findBreaches(search, findMistake))
    if (search && breaches && breaches.keys.length > 0)
      reasons.push(breachesToReason(search, breaches, advice))
  }
  return reasons
}

/** What would be lost by the changes. */
export function* lossesOf(changes: readonly Change[]): Work<readonly string[]> {
  return yield* toldOfEach(changes.flatMap(({ loss }) => (loss === undefined ? [] : [loss])))
}

/** What there is to say of rows. */
export function* toldOfEach(findings: readonly Finding[]): Work<readonly string[]> {
  const told: string[] = []
  for (const finding of findings) told.push(...(yield* toldOf(finding)))
  return told
}

function* toldOf({ query, reason }: Finding): Work<readonly string[]> {
  const rows = yield query
  return rows.length === 0 ? [] : [reason(rows)]
}

/** Why a change must wait until no instance of the earlier version runs any more. */
export function deferred({ stricter }: Change): string[] {
  if (stricter === undefined) return []
  return [
    `${stricter}: when no instance of the earlier version runs any more, run the command 'migrate'`,
  ]
}
