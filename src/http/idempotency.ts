// Idempotency-Key: follows draft-ietf-httpapi-idempotency-key-header-07 §2 (expired; strings as in RFC 9651 §3.3.3).
import { hash } from 'node:crypto'
import { Problem } from './problem.ts'

/** How long a key is kept, in milliseconds. */
export const idempotencyKeyLifetime = 24 * 60 * 60 * 1000

/** Bare, as most clients send it, or a quoted string as in the draft. */
const pattern = '^(?:[!#-~]{1,255}|"(?:[ !#-\\[\\]-~]|\\\\["\\\\]){1,255}")$'
const keyText = new RegExp(pattern)

/** The key without quotes and escapes, so that `"abc"` and `abc` are one. */
export function parseIdempotencyKey(field: string | undefined): string | undefined {
  if (field === undefined) return undefined
  if (!keyText.test(field)) throw malformed()
  return field.startsWith('"') ? field.slice(1, -1).replace(/\\(.)/g, '$1') : field
}

function malformed(): Problem {
  const detail = 'must be 1 to 255 visible ASCII characters, bare or as a string in double quotes'
  return new Problem('invalidParameter', {
    errors: [{ parameter: 'Idempotency-Key', in: 'header', detail }],
  })
}

/** A digest that two requests share only if all their parts are equal. */
export function fingerprint(parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url')
}

export const idempotencyKeyParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'A key of your choice, such as a UUID, new for each thing to do. The same request with the same key is done once; for 24 hours a repetition returns the stored response.',
  schema: { type: 'string', pattern },
} as const
