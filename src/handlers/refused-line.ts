// A row of a body with several that is refused: the problem is that of a request for it alone, and names its line.

import { Problem } from '../http/problem.ts'
import { Refusal } from '../resource/resource.ts'
import { problemOf } from './problem-of.ts'
import { RefusedWrite } from './refusal.ts'

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

/** The same error with the line, if it is about the row; any other error is about the request, or a fault. */
export function atLine(line: number, error: unknown): unknown {
  return isOfRow(error) ? new RefusedLine(line, error) : error
}

export function isOfRow(error: unknown): error is Problem | Refusal | RefusedWrite {
  return error instanceof Problem || error instanceof Refusal || error instanceof RefusedWrite
}

/** What the caller is told, given what it would be told of the row alone. */
export function withLine(line: number, explanation: unknown): unknown {
  const problem = problemOf(explanation)
  if (problem === undefined || problem.status >= 500) return explanation
  const {
    kind,
    message,
    headers,
    extensions,
    errors = [{ pointer: '#', detail: message }],
  } = problem
  return new Problem(kind, {
    detail: message,
    errors: errors.map(finding => ('pointer' in finding ? { line, ...finding } : finding)),
    headers,
    extensions,
  })
}
