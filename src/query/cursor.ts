// The cursor of a page: where the previous page ended. It is opaque to callers.

import { hash } from 'node:crypto'
import type { Field } from '../resource/field.ts'
import type { SqlValue } from '../resource/kinds.ts'
import { ParameterError } from './parameter.ts'

export interface Position {
  /** The sort keys' values of the row next to the page. */
  readonly values: readonly SqlValue[]
  /** Whether the page lies before that row rather than after it. */
  readonly backward: boolean
}

/** Identifies the list that a cursor belongs to, so that a cursor of another list, sort or filter is refused. */
export function listSignature(parts: unknown): string {
  return hash('sha256', JSON.stringify(parts), 'base64url').slice(0, 11)
}

export function encodeCursor({ values, backward }: Position, signature: string): string {
  return Buffer.from(JSON.stringify([signature, backward ? 1 : 0, ...values])).toString('base64url')
}

/** Throws a `ParameterError` for a cursor that is of another list. */
export function decodeCursor(cursor: string, signature: string, sort: readonly Field[]): Position {
  const position = readCursor(cursor, signature, sort)
  if (position === undefined)
    throw new ParameterError('cursor', 'is not a cursor of this list; start again without one')
  return position
}

/**
 * Reads a cursor that was made for a list with this signature and these sort keys. Gives nothing for any other text, even
 * one with the same meaning.
 */
export function readCursor(
  cursor: string,
  signature: string,
  sort: readonly Field[],
): Position | undefined {
  const [found, backward, ...values] = parseCursor(cursor)
  const fitting = values.length === sort.length && sort.every((field, i) => fits(field, values[i]))
  const position = { values: values as SqlValue[], backward: backward === 1 }
  const isOfList = found === signature && fitting && encodeCursor(position, signature) === cursor
  return isOfList ? position : undefined
}

function parseCursor(cursor: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(parsed) ? parsed : []
  } catch {
    return [] // It is not JSON, so it is no cursor; the caller of this function says so.
  }
}

function fits(field: Field, value: unknown): boolean {
  if (value === null) return field.nullable
  return field.kind.fitsCursor(value)
}
