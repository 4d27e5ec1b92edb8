// A number of things, in words.

/** `1 row`, `2 rows`, `1 entry`, `2 entries`. */
export function numberOf(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`
}
