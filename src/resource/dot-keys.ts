// Keys that no address can name: clients resolve a path segment of dots away (RFC 3986 §5.2.4).

import type { Field } from './field.ts'
import { compilePattern, patternMistake } from './pattern.ts'

/** The segments that are resolved away; no key may be one. */
export const dots = ['.', '..']

/** The same key without those values, where it could have them. */
export function withoutDots(key: Field): Field {
  if (!key.kind.isText || key.format !== undefined || !dots.some(text => takes(key, text)))
    return key
  const { not } = key.schema
  const isDots = { enum: dots }
  return {
    ...key,
    schema: { ...key.schema, not: not === undefined ? isDots : { anyOf: [not, isDots] } },
  }
}

function takes({ schema }: Field, text: string): boolean {
  const { enum: words, minLength = 0, maxLength = 0, pattern = '' } = schema
  if (Array.isArray(words)) return words.includes(text)
  // A pattern that is a mistake has been reported.
  if (patternMistake(String(pattern), Number(maxLength)) !== undefined) return false
  return text.length >= Number(minLength) && compilePattern(String(pattern)).test(text)
}
