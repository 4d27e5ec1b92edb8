// Gives large integers of the document their format: without it, generated clients use 32 bits for every integer.

const largest32 = 2 ** 31 - 1

/**
 * The same document, where each integer that may be beyond 32 bits says `int64`. A part without one stays what it is, so
 * that little is copied.
 */
export function withIntegerFormats<T>(node: T): T {
  if (typeof node !== 'object' || node === null) return node
  const changed = changedMembers(node)
  if (isLarge(node)) return { ...node, ...changed, format: 'int64' }
  if (changed === undefined) return node
  return Array.isArray(node) ? (Object.assign([...node], changed) as T) : { ...node, ...changed }
}

function changedMembers(node: object): Record<string, unknown> | undefined {
  let changed: Record<string, unknown> | undefined
  for (const name of Object.keys(node)) {
    const member = (node as Record<string, unknown>)[name]
    const other = withIntegerFormats(member)
    if (other === member) continue
    changed ??= {}
    changed[name] = other
  }
  return changed
}

function isLarge(schema: { type?: unknown; minimum?: unknown; maximum?: unknown }): boolean {
  const { type, minimum, maximum } = schema
  const isBeyond = Number(maximum) > largest32 || Number(minimum) < -largest32 - 1
  return isBeyond && [type].flat().includes('integer')
}
