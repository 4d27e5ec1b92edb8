// A row of a request with several that is refused: the problem is that of a request for it alone, and says where it is.

import { type Finding, Problem } from '../http/problem.ts'
import { Refusal } from '../resource/resource.ts'
import { problemOf } from './problem-of.ts'
import { RefusedWrite } from './refusal.ts'

/** Whether an error is about the row; any other is about the request, or a fault. */
export function isOfRow(error: unknown): error is Problem | Refusal | RefusedWrite {
  return error instanceof Problem || error instanceof Refusal || error instanceof RefusedWrite
}

/** The error for the caller, from the error of the row alone. `place`: adds where the row is. */
export function withPlace(
  explanation: unknown,
  place: (finding: Extract<Finding, { pointer: string }>) => Finding,
): unknown {
  const problem = problemOf(explanation)
  if (problem === undefined || problem.status >= 500) return explanation
  const { kind, message: detail, headers, extensions } = problem
  const errors = problem.errors ?? [{ pointer: '#', detail }]
  const placed = errors.map(finding => ('pointer' in finding ? place(finding) : finding))
  return new Problem(kind, { detail, errors: placed, headers, extensions })
}
