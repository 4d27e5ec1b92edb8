// An answer: what a handler returns, before the server writes it as a response.

export interface Answer {
  readonly status: number
  /** The header fields, by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The text of the body; empty for an answer without one. */
  readonly body: string
}
