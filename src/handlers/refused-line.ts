// A line of a body with several rows that is refused.

import type { Problem } from '../http/problem.ts'
import type { Refusal } from '../resource/resource.ts'
import { RefusedWrite } from './refusal.ts'
import { isOfRow, withPlace } from './refused-row.ts'

export class RefusedLine extends Error {
  /** From 1. */
  readonly line: number
  override readonly cause: Problem | Refusal | RefusedWrite

  constructor(line: number, cause: Problem | Refusal | RefusedWrite) {
    super(`line ${line}: ${cause.message}`, { cause })
    this.line = line
    this.cause = cause
  }

  /** Whether another caller has created the row that was not there when it was looked for. */
  get isOutrun(): boolean {
    return this.cause instanceof RefusedWrite && this.cause.cause.code === 'unique'
  }
}

/** The same error with the line, if it is about the row. */
export function atLine(line: number, error: unknown): unknown {
  return isOfRow(error) ? new RefusedLine(line, error) : error
}

export function withLine(line: number, explanation: unknown): unknown {
  return withPlace(explanation, finding => ({ line, ...finding }))
}
