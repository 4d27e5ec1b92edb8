// Reads files that people write. They must be UTF-8, with or without a byte order mark.

import { isUtf8 } from 'node:buffer'

/**
 * The text of a file without its byte order mark. Throws an Error for any other encoding, because reading it as UTF-8 would
 * silently lose its contents.
 */
export function decodeText(file: string, bytes: Uint8Array): string {
  // In UTF-16 every ASCII character has a zero byte.
  if (bytes.includes(0))
    throw new Error(`${file} is UTF-16, as some Windows tools write it: save it as UTF-8`)
  if (!isUtf8(bytes)) throw new Error(`${file} is not UTF-8: save it as UTF-8`)
  return new TextDecoder().decode(bytes)
}
