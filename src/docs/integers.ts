// Gives large integers of the document their format: without it, generated clients use 32 bits for every integer.

const largest32 = 2 ** 31 - 1

/** The same document, where each integer that may be beyond 32 bits says `int64`. */
export function withIntegerFormats<T>(node: T): T {
  if (Array.isArray(node)) return node.map(withIntegerFormats) as T
  if (typeof node !== 'object' || node === null) return node
  const members = Object.entries(node).map(([name, member]) => [name, withIntegerFormats(member)])
  return Object.fromEntries(isLarge(node) ? [...members, ['format', 'int64']] : members)
}

function isLarge(schema: { type?: unknown; minimum?: unknown; maximum?: unknown }): boolean {
  const integer = [schema.type].flat().includes('integer')
  return integer && (Number(schema.maximum) > largest32 || Number(schema.minimum) < -largest32 - 1)
}
