// Which statements a connection prepares under a name: a server keeps those for as long as the connection lives, each in
// some 20 KB of its memory, and a caller can have as many texts as there are filters, sorts and fields to combine.

import { LruMap } from '../lru-map.ts'

/** How many statements a connection prepares; what comes later is parsed each time. */
export const maxPrepared = 300
/** How many texts are remembered that came once. */
const remembered = 500

/** The texts that came before, on whichever connection: only what is asked again is worth being kept. */
export class Familiar {
  readonly #texts = new LruMap<string, true>(remembered)

  /** Whether this is not the first time. */
  meet(text: string): boolean {
    if (this.#texts.get(text) !== undefined) return true
    this.#texts.set(text, true)
    return false
  }
}

/** What one connection has prepared. */
export class Prepared {
  readonly #familiar: Familiar
  readonly #limit: number
  readonly #texts = new Set<string>()

  constructor(familiar: Familiar, limit = maxPrepared) {
    this.#familiar = familiar
    this.#limit = limit
  }

  /** Whether this text is to be prepared under a name, or has been. */
  includes(text: string): boolean {
    if (this.#texts.has(text)) return true
    if (this.#texts.size >= this.#limit || !this.#familiar.meet(text)) return false
    this.#texts.add(text)
    return true
  }
}
