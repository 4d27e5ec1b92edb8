// The text of an API key: a prefix that scanners of leaked secrets can look for, 256 random bits, and a checksum.

import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'

const prefix = 'rw_live_'
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const secretLength = 43
const checksumLength = 6

/** `rw_live_`, 43 random digits of base 62 and 6 of their checksum. */
export const keyPattern = new RegExp(`^${prefix}[0-9A-Za-z]{${secretLength + checksumLength}}$`)

/** How much of a key is shown, so that people can recognise their keys. */
export const shownLength = prefix.length + 6

/** `random`: 32 bytes. */
export function makeKey(random: Uint8Array): string {
  const secret = toBase62(BigInt(`0x${Buffer.from(random).toString('hex')}`), secretLength)
  return prefix + secret + checksum(secret)
}

/** Whether a text can be a key. The checksum reveals a mistyped or invented one without a query. */
export function isKeyText(text: string): boolean {
  return (
    keyPattern.test(text) &&
    text.endsWith(checksum(text.slice(prefix.length, prefix.length + secretLength)))
  )
}

/** The prefix by which the key in a field `Authorization` can be recognised; undefined if there is no key. */
export function loggedPrefix(authorization = ''): string | undefined {
  const [text = ''] = authorization.split(' ').slice(-1)
  return isKeyText(text) ? text.slice(0, shownLength) : undefined
}

/** The digest that is stored of a key. A key is so random that SHA-256 is enough, and no slower digest is needed. */
export function keyDigest(text: string): string {
  return hash('sha256', text, 'base64url')
}

function checksum(secret: string): string {
  return toBase62(BigInt(crc32(prefix + secret)), checksumLength)
}

function toBase62(value: bigint, length: number): string {
  let text = ''
  for (let rest = value; rest > 0n; rest /= 62n) text = digits.charAt(Number(rest % 62n)) + text
  return text.padStart(length, '0')
}
