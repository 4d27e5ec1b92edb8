// What goes back to a caller, before a server writes it.

export interface Answer {
  readonly status: number
  /** The header fields, by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The text of the body; empty for an answer without one. */
  readonly body: string
}
