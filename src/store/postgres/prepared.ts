// Decides which statements a connection prepares under a name. The server keeps each of them in some 20 KB of memory for as
// long as the connection lives, and callers can combine filters, sorts and fields into any number of texts.

import { LruMap } from '../lru-map.ts'

/** How many statements a connection prepares. Later ones are parsed each time. */
export const maxPrepared = 300
/** How many texts are remembered after their first use. */
const remembered = 500

/** The texts that have been used before, on any connection. Only repeated ones are worth preparing. */
export class Familiar {
  readonly #texts = new LruMap<string, true>(remembered)

  /** Whether the text has been used before. */
  meet(text: string): boolean {
    if (this.#texts.get(text) !== undefined) return true
    this.#texts.set(text, true)
    return false
  }
}

/** The statements that one connection has prepared. */
export class Prepared {
  readonly #familiar: Familiar
  readonly #limit: number
  readonly #texts = new Set<string>()

  constructor(familiar: Familiar, limit = maxPrepared) {
    this.#familiar = familiar
    this.#limit = limit
  }

  /** Whether this text must be prepared under a name, or already is. */
  includes(text: string): boolean {
    if (this.#texts.has(text)) return true
    if (this.#texts.size >= this.#limit || !this.#familiar.meet(text)) return false
    this.#texts.add(text)
    return true
  }
}
