// Works that need no transaction of their own, because only one statement of theirs changes something: the server commits
// that one with its end, and others may follow it on the same connection at once.

import type { Row } from '../../resource/row.ts'
import { type Statement, StoreError, type Work } from '../store.ts'

/** A work, and what it asked for first. */
export interface Begun<T> {
  readonly work: Work<T>
  readonly first: IteratorResult<Statement, T>
}

/** The outcome of a statement. */
export type Outcome = { readonly rows: readonly Row[] } | { readonly error: StoreError }

export interface Runner {
  /** Throws where a statement that reads fails. */
  read(statement: Statement): Promise<readonly Row[]>
  /** Throws where it is not known what became of a statement that writes. */
  write(statement: Statement): Promise<Outcome>
}

export function begin<T>(work: Work<T>): Begun<T> {
  return { work, first: work.next([]) }
}

export function proceed<T>(work: Work<T>, outcome: Outcome): IteratorResult<Statement, T> {
  return 'rows' in outcome ? work.next(outcome.rows) : work.throw(outcome.error)
}

/** Goes on with a work after its last statement. */
export function endWith<T>(work: Work<T>, outcome: Outcome): T {
  const next = proceed(work, outcome)
  if (next.done) return next.value
  throw new StoreError('fault', 'A work went on after its last statement.')
}

/** Whether a work may come to its end without a transaction. */
export function mayBeAlone({ first }: Begun<unknown>): boolean {
  return first.done || first.value.last === true || first.value.unlocked !== undefined
}

/** A refusal is explained by the work itself, which then meets it, too. */
function rowOf(outcome: Outcome): Row | undefined {
  return 'rows' in outcome ? outcome.rows[0] : undefined
}

/** Returns nothing if a row was changed meanwhile, or if the work has more to do: then the row has to be locked. */
export async function performAlone<T>(
  { work, first }: Begun<T>,
  { read, write }: Runner,
): Promise<{ readonly result: T } | undefined> {
  if (first.done) return { result: first.value }
  const { last, unlocked, atOnce } = first.value
  if (last) return { result: endWith(work, await write(first.value)) }
  const whole = atOnce?.()
  const row = whole && rowOf(await write(whole.statement))
  if (whole !== undefined && row !== undefined) return { result: whole.toResult(row) as T }
  const next = unlocked && work.next(await read(unlocked))
  if (next === undefined || next.done) return next && { result: next.value }
  if (!next.value.last) return undefined
  const outcome = await write(next.value)
  const isOutrun = 'rows' in outcome && outcome.rows.length === 0
  return isOutrun ? undefined : { result: endWith(work, outcome) }
}
