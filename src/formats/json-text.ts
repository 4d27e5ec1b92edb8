// JSON within the limits of I-JSON (RFC 7493 §2.1): no half of a surrogate pair; and no `__proto__`.

import secureJson from 'secure-json-parse'

/** `constructor` is an ordinary name, because nothing here reads or writes inherited members. */
const refused = { protoAction: 'error', constructorAction: 'ignore' } as const

/** JSON beyond these limits. The message says what is wrong with it, as "is not JSON" would. */
export class RefusedJson extends SyntaxError {}

/** Throws a `SyntaxError`, which is a `RefusedJson` for JSON beyond the limits. */
export function parseJsonText(text: string): unknown {
  return requireWellFormed(text, parseSafely(text))
}

function parseSafely(text: string): unknown {
  try {
    return secureJson.parse(text, refused)
  } catch (error) {
    JSON.parse(text)
    throw new RefusedJson('must not have the member __proto__', { cause: error })
  }
}

/** Refuses `__proto__` in a value that was parsed. Throws a `SyntaxError`. */
export function scanJson(value: object): void {
  secureJson.scan(value, refused)
}

/** The value of a JSON text, which may hold escapes. Throws a `RefusedJson`. */
export function requireWellFormed(text: string, value: unknown): unknown {
  if (/\\u[dD][89a-fA-F]/.test(text) && !isWellFormed(value))
    throw new RefusedJson('must not have half of a surrogate pair')
  return value
}

/** Goes level by level instead of recursing, so that no nesting is too deep. */
function isWellFormed(value: unknown): boolean {
  for (let level = [value]; level.length > 0; level = level.flatMap(membersOf))
    if (level.some(item => typeof item === 'string' && !item.isWellFormed())) return false
  return true
}

function membersOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return Array.isArray(value) ? value : Object.entries(value).flat()
}
