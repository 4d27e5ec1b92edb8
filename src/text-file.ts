// Files that people write: UTF-8, whatever their editor put before it.

import { isUtf8 } from 'node:buffer'

/**
 * The text of a file without its byte order mark. Throws an Error for any other encoding: read as UTF-8, what a file
 * says would be lost without a word.
 */
export function decodeText(file: string, bytes: Uint8Array): string {
  // In UTF-16 every ASCII character has a zero byte.
  if (bytes.includes(0))
    throw new Error(`${file} is UTF-16, as some Windows tools write it: save it as UTF-8`)
  if (!isUtf8(bytes)) throw new Error(`${file} is not UTF-8: save it as UTF-8`)
  return new TextDecoder().decode(bytes)
}
