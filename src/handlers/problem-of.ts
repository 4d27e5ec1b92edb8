// Errors as callers see them: every refusal and every fault is a problem.

import { KeySetUnavailable } from '../access/jwks.ts'
import { Problem, type ProblemKind } from '../http/problem.ts'
import { ParameterError } from '../query/parameter.ts'
import { CodeFault } from '../resource/code-fault.ts'
import { Refusal } from '../resource/resource.ts'
import { StoreError, type StoreErrorCode } from '../store/store.ts'
import { TooManyStreams } from '../store/streams.ts'

/** The problem that an error is to the caller; undefined for an error that is not one of ours. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error
  if (error instanceof ParameterError) return parameterProblem(error)
  if (error instanceof Refusal) return refusalProblem(error)
  if (error instanceof TooManyStreams)
    return new Problem('overloaded', { detail: error.message, headers: { 'retry-after': '5' } })
  if (error instanceof StoreError) return storeProblem(error)
  if (error instanceof KeySetUnavailable)
    return new Problem('unavailable', { headers: { 'retry-after': '5' } })
  if (error instanceof CodeFault) return new Problem('internal')
  return undefined
}

function parameterProblem({ parameter, message }: ParameterError): Problem {
  return new Problem('invalidParameter', { errors: [{ parameter, in: 'query', detail: message }] })
}

const refusalKinds = { 403: 'forbidden', 409: 'conflict', 422: 'refusedByRule' } as const

function refusalProblem({ status, field, message }: Refusal): Problem {
  const errors = field === undefined ? undefined : [{ pointer: `#/${field}`, detail: message }]
  return new Problem(refusalKinds[status], { detail: message, ...(errors && { errors }) })
}

const storeProblems: Record<StoreErrorCode, ProblemKind> = {
  unique: 'conflict',
  reference: 'conflict',
  rule: 'conflict',
  value: 'conflict',
  tooLarge: 'invalidBody',
  busy: 'unavailable',
  slow: 'unavailable',
  full: 'insufficientStorage',
  unavailable: 'unavailable',
  damaged: 'unavailable',
  unknown: 'unavailable',
  fault: 'internal',
}

function storeProblem({ code, message }: StoreError): Problem {
  const kind = storeProblems[code]
  if (code === 'rule' || code === 'value') return new Problem(kind, { detail: message })
  if (code === 'tooLarge')
    return new Problem(kind, { detail: 'A text is too long for an index of the database.' })
  if (code === 'slow')
    return new Problem(kind, { detail: tooSlow, headers: { 'retry-after': '1' } })
  return new Problem(kind, kind === 'unavailable' ? { headers: { 'retry-after': '1' } } : {})
}

const tooSlow =
  'The database needs too long for this. Narrow it by a filter that finds few rows, or ask the operator for an index.'
