// A row within a body that is refused.

import { isOfRow, withPlace } from './refused-row.ts'

export class RefusedPart extends Error {
  /** Where the row is in the body: `#/lines/1`. */
  readonly pointer: string

  constructor(pointer: string, cause: Error) {
    super(`${pointer}: ${cause.message}`, { cause })
    this.pointer = pointer
  }
}

/** The same error with the place of the row, if it is about the row. */
export function atPointer(pointer: string, error: unknown): unknown {
  return isOfRow(error) ? new RefusedPart(pointer, error) : error
}

export function withPointer(place: string, explanation: unknown): unknown {
  return withPlace(explanation, finding => ({
    ...finding,
    pointer: place + finding.pointer.slice(1),
  }))
}
