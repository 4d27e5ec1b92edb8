// What is made once for each key: models and documents are never changed, and making them is half of the work of a start.

interface Known<K, T> {
  get(key: K): T | undefined
  set(key: K, value: T): unknown
}

/** `known`: a `WeakMap` where keys are objects, so that nothing is kept for its own sake. */
export function remember<K, T>(make: (key: K) => T, known: Known<K, T> = new Map()): (key: K) => T {
  return key => {
    const made = known.get(key) ?? make(key)
    known.set(key, made)
    return made
  }
}
