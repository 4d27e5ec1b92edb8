// A row within a body that is refused: the problem is that of a request for it alone, and points into the body.

import { Problem } from '../http/problem.ts'
import { problemOf } from './problem-of.ts'
import { isOfRow } from './refused-line.ts'

export class RefusedPart extends Error {
  /** Where the row is in the body: `#/lines/1`. */
  readonly pointer: string

  constructor(pointer: string, cause: Error) {
    super(`${pointer}: ${cause.message}`, { cause })
    this.pointer = pointer
  }
}

/** The same error with the place of the row, if it is about the row; any other error is about the request, or a fault. */
export function atPointer(pointer: string, error: unknown): unknown {
  return isOfRow(error) ? new RefusedPart(pointer, error) : error
}

/** What the caller is told, given what it would be told of the row alone. */
export function withPointer(pointer: string, explanation: unknown): unknown {
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
    errors: errors.map(finding =>
      'pointer' in finding ? { ...finding, pointer: pointer + finding.pointer.slice(1) } : finding,
    ),
    headers,
    extensions,
  })
}
