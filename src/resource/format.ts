// The string formats a field may have: how each is checked, limited and brought to its one stored form.

import { fullFormats } from 'ajv-formats/dist/formats.js'

interface Format {
  /** Keywords that the format implies, for readers that do not check formats. */
  readonly limits: { readonly minLength?: number; readonly maxLength?: number }
  readonly check: (text: string) => boolean
}

/**
 * No control characters but tab and line breaks: PostgreSQL refuses NUL where SQLite takes it, and terminals and logs
 * obey the others. Written in escapes that every regular expression dialect reads.
 */
export const controlFree = '^[^\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\x7F]*$'

/** The characters that it forbids. */
export const controls = '[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\x7F]'

/**
 * The same without any line break: text of a single line. Nothing beyond ASCII: to Ruby and PHP `\x9F` is a byte, and their
 * clients would not compile, or refuse a `ß`.
 */
export const singleLine = '^[^\\x00-\\x1F\\x7F]*$'

/** A JSON Pointer (RFC 6901 §3) without control characters. */
export const jsonPointer = '^(/([^/~\\x00-\\x1F\\x7F]|~[01])*)*$'

const dateTimePattern =
  /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i

/** A date-time (RFC 3339 §5.6) without leap seconds, whose year in UTC is one of 1 to 9999. */
function isDateTime(text: string): boolean {
  const date = dateTimePattern.exec(text)?.[1]
  return date !== undefined && isDate(date) && /^(?!0000)\d{4}-/.test(toUtc(text))
}

const uuidPattern = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

const isFullDate = checkOf('date')

/** A date (RFC 3339 §5.6) of the years 1 to 9999: most languages know no year 0. */
function isDate(text: string): boolean {
  return isFullDate(text) && !text.startsWith('0000')
}

function checkOf(name: 'date' | 'email' | 'uri'): (text: string) => boolean {
  const format: unknown = fullFormats[name]
  if (format instanceof RegExp) return text => format.test(text)
  if (typeof format === 'function') return text => format(text) === true
  return (format as { validate: (text: string) => boolean }).validate
}

export const formats = {
  date: { limits: {}, check: isDate },
  'date-time': { limits: {}, check: isDateTime },
  email: { limits: { maxLength: 254 }, check: checkOf('email') },
  uri: { limits: { maxLength: 2048 }, check: checkOf('uri') },
  uuid: { limits: {}, check: text => uuidPattern.test(text) },
} as const satisfies Record<string, Format>

export function isFormat(name: unknown): name is keyof typeof formats {
  return typeof name === 'string' && Object.hasOwn(formats, name)
}

/**
 * The one form in which a checked date-time is stored and shown: UTC, milliseconds, `Z`. All of one width, so that the
 * order of the texts is the order of the times.
 */
function toUtc(dateTime: string): string {
  return new Date(dateTime.toUpperCase()).toISOString()
}

/** Brings a checked value to its stored form: date-times to UTC, UUIDs to lower case (RFC 9562 §4). */
export function canonical(format: string | undefined, text: string): string {
  if (format === 'date-time') return toUtc(text)
  return format === 'uuid' ? text.toLowerCase() : text
}
