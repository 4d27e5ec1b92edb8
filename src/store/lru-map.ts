// A map of bounded size, which drops the least recently used entry.

export class LruMap<K, V> {
  readonly #limit: number
  readonly #entries = new Map<K, V>()

  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key)
    if (value === undefined) return undefined
    // The order matters only when the map is nearly full, which it rarely is.
    if (this.#entries.size > this.#limit / 2) this.#move(key, value)
    return value
  }

  set(key: K, value: V): void {
    this.#move(key, value)
    if (this.#entries.size > this.#limit)
      this.#entries.delete(this.#entries.keys().next().value as K)
  }

  delete(key: K): void {
    this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
  }

  #move(key: K, value: V): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
  }
}
