// Values as texts: in the cells of a table, and in the controls of a form.

import type { Field } from './schema.ts'
import { text } from './text.ts'

/** As people read it. Date-times are in the time zone of the reader. */
export function toShown(value: unknown, { format }: Pick<Field, 'format'>): string {
  if (value === null || value === undefined) return text.none
  if (value === true) return text.yes
  if (value === false) return text.no
  if (Array.isArray(value) && value.every(item => typeof item !== 'object'))
    return value.join(', ') || text.none
  if (isPlain(value)) return value.map(item => Object.values(item).join(' ')).join(', ')
  if (typeof value === 'object') return JSON.stringify(value)
  return format === 'date-time' ? toLocalTime(String(value)).replace('T', ' ') : String(value)
}

/** A list of objects that have texts and numbers alone, such as names. */
function isPlain(value: unknown): value is readonly object[] {
  const isText = (member: unknown) => typeof member !== 'object' || member === null
  return Array.isArray(value) && value.every(item => Object.values(item ?? {}).every(isText))
}

/** `2026-11-26T21:30:05.000Z` → `2026-11-26T22:30:05`, as a control of a form takes it. */
export function toLocalTime(time: string): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return time
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString()
  return local.slice(0, 19).replace(/:00$/, '')
}

/** As it stands in a control; empty for nothing. */
export function toControl(value: unknown, { type, format }: Field): string {
  if (value === null || value === undefined) return ''
  if (type === 'array' || type === 'object') return JSON.stringify(value, null, 2)
  return format === 'date-time' ? toLocalTime(String(value)) : String(value)
}

/** What a control says. Throws a `SyntaxError` for a text that is no JSON where that is wanted. */
export function fromControl(entered: string, { type, format, isNullable }: Field): unknown {
  if (entered === '') return isNullable || type !== 'string' ? null : ''
  if (type === 'boolean') return entered === 'true'
  if (type === 'integer' || type === 'number') return toNumber(entered)
  if (type === 'array' || type === 'object') return JSON.parse(entered)
  return format === 'date-time' ? toInstant(entered) : entered
}

/** What is no number is sent as it is: the service says what is wrong with it. */
function toNumber(entered: string): unknown {
  const value = Number(entered)
  return Number.isNaN(value) ? entered : value
}

export function toInstant(entered: string): string {
  const date = new Date(entered)
  return Number.isNaN(date.getTime()) ? entered : date.toISOString()
}

const nameFields = ['name', 'title', 'label', 'summary', 'subject', 'username', 'code', 'email']

/** The field by which people call a row. A text of a few letters, such as a currency, is no name. */
export function nameField(fields: readonly Field[], key: string): string {
  const usual = nameFields.find(name => fields.some(field => field.name === name))
  const texts = fields.filter(
    ({ type, format, words, name, maxLength = 100 }) =>
      type === 'string' && format === '' && words === undefined && name !== key && maxLength >= 8,
  )
  return usual ?? texts[0]?.name ?? key
}
