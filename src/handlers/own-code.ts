// The code of definitions. A fault in it is reported as its own fault, with its place.

import { readFileSync } from 'node:fs'
import { Problem } from '../http/problem.ts'
import { answerShape } from '../resource/answer-shape.ts'
import { CodeFault, excerpt, type Place } from '../resource/code-fault.ts'
import { Refusal } from '../resource/resource.ts'
import { StoreError } from '../store/store.ts'
import { compileEach } from '../validation/compile-each.ts'
import { bodyFindings, findingToText } from '../validation/validator.ts'
import { HashNeeded } from './passwords.ts'
import { RefusedWrite } from './refusal.ts'

/**
 * An error that the code of a definition threw is its fault, unless it is a refusal or an error of the database. `asked`: the
 * stack of its question that failed.
 */
export function ownFault(where: string, file: string, error: unknown, asked?: string): unknown {
  const isTrouble = error instanceof StoreError && error.code !== 'fault'
  return isTrouble || known.some(kind => error instanceof kind)
    ? error
    : new CodeFault(where, file, error, asked)
}

const known = [Refusal, Problem, RefusedWrite, HashNeeded, CodeFault]

const validatorOf = compileEach(answerShape)

/**
 * A value that code returned, as it is sent: a `Date` is a string, and undefined members are gone. Throws an
 * `Error` where the response that was announced does not allow it.
 */
export function checkedAnswer(response: object, returned: unknown): unknown {
  const value: unknown = JSON.parse(JSON.stringify(returned) ?? 'null')
  const findings = bodyFindings(validatorOf(response)(value)).map(findingToText)
  if (findings.length > 0)
    throw new Error(`it returned what its response does not allow: ${findings.join('; ')}`)
  return value
}

/** The log entry of a fault: its error, and the lines of the source around it. */
export function faultEntry(error: unknown): { readonly err: unknown; readonly source?: string } {
  if (!(error instanceof CodeFault)) return { err: error }
  const source = error.place && sourceAt(error.place)
  return { err: error.cause, ...(source === undefined ? {} : { source }) }
}

/** The lines around a place. Undefined if the file can no longer be read; the entry names the place in any case. */
export function sourceAt(place: Place): string | undefined {
  try {
    return excerpt(readFileSync(place.file, 'utf8'), place)
  } catch {
    return undefined
  }
}
