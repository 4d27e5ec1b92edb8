// An answer: what a handler returns, before the server writes it as a response.

export interface Answer {
  readonly status: number
  /** The header fields, by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The text of the body; empty for an answer without one. */
  readonly body: string
  /** The parts of a body that is too long to be one text. If it throws, the response is broken off. */
  readonly parts?: AsyncIterableIterator<Uint8Array>
}
