// The code that definitions bring: what goes wrong in it is told as its own fault, at its place.

import { readFileSync } from 'node:fs'
import { Problem } from '../http/problem.ts'
import { CodeFault, excerpt, type Place } from '../resource/code-fault.ts'
import { Refusal } from '../resource/resource.ts'
import { StoreError } from '../store/store.ts'

/** What the code of a definition threw is a fault of it, unless it refuses something or the database is in trouble. */
export function ownFault(where: string, file: string, error: unknown): unknown {
  if (error instanceof Refusal || error instanceof Problem || error instanceof CodeFault) return error
  const isTrouble = error instanceof StoreError && error.code !== 'fault'
  return isTrouble ? error : new CodeFault(where, file, error)
}

/** Whether somebody returned a promise. Its rejection is then nobody's, and must not end the process. */
export function isPromise(value: unknown): boolean {
  const { then } = Object(value)
  if (typeof then !== 'function') return false
  Promise.resolve(value).catch(() => {})
  return true
}

/** What a log entry says of a fault: its error, and the lines of the source in which it is. */
export function faultEntry(error: unknown): { readonly err: unknown; readonly source?: string } {
  if (!(error instanceof CodeFault)) return { err: error }
  const source = error.place && sourceAt(error.place)
  return { err: error.cause, ...(source === undefined ? {} : { source }) }
}

/** The lines around a place; none where its file cannot be read any more, for the entry says where it was. */
export function sourceAt(place: Place): string | undefined {
  try {
    return excerpt(readFileSync(place.file, 'utf8'), place)
  } catch {
    return undefined
  }
}
